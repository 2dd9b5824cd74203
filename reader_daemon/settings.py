"""What the reader daemon must be told to run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class ReaderSettings:
    """Paths of AF_UNIX sockets end at 107 bytes; their directories must exist.

    `control_socket` is the simulated reader's hand (`officine reader tap`, the demo desk).
    `allowed_uids` may connect to `socket`; None leaves it to the file's mode (0660).
    """

    socket: Path
    control_socket: Path
    driver: Literal["simulated"] = "simulated"
    allowed_uids: frozenset[int] | None = None
