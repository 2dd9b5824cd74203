"""Between the till's port and the messages: envelopes are opened here, and answers put into them."""

from dataclasses import dataclass

import msgspec

from loyalty.errors import LoyaltyError, Trouble
from terminal.till.keys.key_ring import KeyRing
from wire.nexo import envelope
from wire.nexo.envelope import EnvelopeWrong, SealingKey

_answer = msgspec.json.Decoder(dict[str, msgspec.Raw])


class PlainRefused(LoyaltyError):
    """A message came without the envelope, and the settings do not let it."""

    code = "plain_refused"
    trouble = Trouble.FORBIDDEN
    text = (
        "This terminal takes encrypted messages only. Give the till its key (officine till key add),"
        " or permit plain ones: [terminal] plain_nexo = true."
    )


class AnswerIsNoResponse(LoyaltyError):
    """What an encrypted message is answered by is a response, or this: libraries decrypt nothing else."""

    code = "nexo_rejected"
    trouble = Trouble.INVALID
    text = "This message is not understood here. Check its MessageCategory and body."


@dataclass(frozen=True, slots=True)
class Opened:
    """A message in plain JSON, and the key it came under, if it came in an envelope.

    `is_trial`: of a till that is being paired; nothing may be booked for it.
    """

    data: bytes
    key: SealingKey | None = None
    is_trial: bool = False


class Door:
    """Opens what tills send and closes what they get."""

    def __init__(self, ring: KeyRing, *, may_be_plain: bool) -> None:
        self._ring = ring
        self._may_be_plain = may_be_plain

    def require_plain(self) -> None:
        """Whether a dress without an envelope is spoken here. Raises: PlainRefused."""
        if not self._may_be_plain:
            raise PlainRefused

    async def open(self, data: bytes) -> Opened:
        """The message a till sent. A till's own key opens what that till says, and nothing said for another.

        Raises: EnvelopeWrong, PlainRefused.
        """
        if not envelope.is_sealed(data):
            self.require_plain()
            return Opened(data)
        name, sealed = envelope.read(data)
        trailer = sealed.security_trailer
        key = await self._ring.find(trailer.key_identifier, trailer.key_version)
        message = envelope.open_sealed(name, sealed, key.secrets if key else None)
        assert key is not None, "without a key nothing is opened"
        header = sealed.message_header  # as inside: open_sealed compared them
        if key.sale_id not in ("", header.sale_id):
            raise EnvelopeWrong(header.service_id or "")
        return Opened(message, key, self._ring.is_trial(key))

    def close(self, answer: bytes, opened: Opened) -> bytes:
        """The answer as the till can read it: under the key of its question.

        Raises: AnswerIsNoResponse.
        """
        if opened.key is None or not answer:
            return answer
        if "SaleToPOIResponse" not in _answer.decode(answer):
            raise AnswerIsNoResponse
        return envelope.seal(answer, opened.key)


__all__ = ["AnswerIsNoResponse", "Door", "EnvelopeWrong", "Opened", "PlainRefused"]
