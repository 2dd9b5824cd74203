"""The hand of the simulated reader for programs and the command line: tap, remove, plug."""

from importlib.metadata import version
from pathlib import Path
from typing import Final

from wire.messages import Evidence, Hello
from wire.peer import request_once
from wire.reader_control import Done, PlugReader, PresentCard, RemoveCard, ToControl

_HELLO: Final = Hello(program="control", version=version("officine"))


async def tap(control_socket: Path, evidence: Evidence, uid: str = "") -> Done:
    """Put a card on the simulated reader; `Done.tap_id` is the new tap, `Done.error` why there is none.

    Raises: PeerError: no simulated reader answers there.
    """
    return await _ask(control_socket, PresentCard(evidence=evidence, uid=uid))


async def remove(control_socket: Path) -> Done:
    """Take the card off; nothing happens when none lies there.

    Raises: PeerError.
    """
    return await _ask(control_socket, RemoveCard())


async def plug(control_socket: Path, *, plugged: bool) -> Done:
    """Plug the simulated reader in or out; a card that lies there is gone when it goes.

    Raises: PeerError.
    """
    return await _ask(control_socket, PlugReader(plugged=plugged))


async def _ask(control_socket: Path, message: PresentCard | RemoveCard | PlugReader) -> Done:
    return await request_once(control_socket, _HELLO, ToControl, message, answer=Done)
