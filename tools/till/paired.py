"""What a till keeps of the terminals it is paired with: one file, for its owner's eyes only."""

import hashlib
import os
import ssl
import stat
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.till_pairing import TILL_TERMINALS_MAX
from tools.till.till import SimulatedTill
from wire.files import replace_file
from wire.nexo.envelope import SealingKey, derive


class PairedFileUnusable(LoyaltyError):
    """The file of a till's pairings cannot be used."""

    code = "till_file_unusable"
    trouble = Trouble.UNAVAILABLE
    text = "{path}: {reason}"


class PairedTerminal(msgspec.Struct, frozen=True, kw_only=True):
    """One terminal and the till's own key there. Its passphrase appears in no text about it.

    `url`: where it was paired; `addresses` and `port`: where else it says it is. `certificate`: PEM.
    """

    poi_id: str
    url: str
    addresses: tuple[str, ...]
    port: int
    identifier: str
    version: int
    passphrase: str
    certificate: str
    check_word: str

    def __repr__(self) -> str:
        return f"PairedTerminal({self.poi_id}, {self.identifier} v{self.version})"

    def a_till(self, *, currency: str = "CHF") -> SimulatedTill:
        """The till as this terminal knows it. Slow: it derives the key."""
        secrets = derive(self.passphrase)
        return SimulatedTill(
            self.url,
            sale_id=self.identifier,
            poi_id=self.poi_id,
            currency=currency,
            key=SealingKey(self.identifier, self.version, secrets, self.identifier),
            certificate=hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.certificate)).digest(),
        )


class TillFile(msgspec.Struct, frozen=True, kw_only=True):
    """All terminals of one till."""

    terminals: Annotated[tuple[PairedTerminal, ...], Meta(max_length=TILL_TERMINALS_MAX)] = ()

    def with_terminal(self, new: PairedTerminal) -> "TillFile":
        """The file with one more; a terminal that was paired before is paired anew."""
        kept = tuple(each for each in self.terminals if each.poi_id != new.poi_id)
        return TillFile(terminals=(*kept, new))

    def find(self, poi_id: str | None) -> PairedTerminal | None:
        """The named terminal, or the only one."""
        if poi_id is None:
            return self.terminals[0] if len(self.terminals) == 1 else None
        return next((each for each in self.terminals if each.poi_id == poi_id), None)


def load(path: Path) -> TillFile:
    """The till's terminals; none where there is no file. Raises: PairedFileUnusable."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            reason = f"others than its owner may read it. Type: chmod 600 {path}"
            raise PairedFileUnusable(path=str(path), reason=reason)
        return msgspec.json.decode(path.read_bytes(), type=TillFile)
    except FileNotFoundError:
        return TillFile()
    except OSError as error:
        raise PairedFileUnusable(path=str(path), reason=f"{error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        reason = "it is no file of a till's pairings. Move it away, and pair again."
        raise PairedFileUnusable(path=str(path), reason=reason) from None  # the error would quote the file


def require_writable(path: Path) -> None:
    """A key that nobody could keep must not be made. Raises: PairedFileUnusable."""
    folder = path.absolute().parent
    if not os.access(folder, os.W_OK):
        raise PairedFileUnusable(path=str(path), reason="it cannot be written there. Name another folder.")


def save(path: Path, file: TillFile) -> None:
    """Write the file anew, mode 0600. Raises: PairedFileUnusable."""
    try:
        replace_file(path, msgspec.json.format(msgspec.json.encode(file)), 0o600)
    except OSError as error:
        raise PairedFileUnusable(path=str(path), reason=f"{error.strerror}.") from error
