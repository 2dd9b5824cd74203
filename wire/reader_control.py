"""The hand of the simulated reader: what the demo desk, support and `officine reader tap` say to it."""

from wire.messages import Evidence, Hello, Message, ReaderState


class PresentCard(Message, frozen=True):
    """Put a card on the simulated reader. `uid`: as in `CardPresented`."""

    evidence: Evidence
    uid: str = ""


class RemoveCard(Message, frozen=True):
    """Take the card off the simulated reader; nothing happens when none is there."""


class PlugReader(Message, frozen=True):
    """Plug the simulated reader in or out, as a cable would."""

    plugged: bool


class Done(Message, frozen=True):
    """The command was carried out, or `error` says why not; `tap_id` of the tap it made, if it made one."""

    error: str = ""
    tap_id: str = ""


FromControl = Hello | PresentCard | RemoveCard | PlugReader
ToControl = Hello | ReaderState | Done
