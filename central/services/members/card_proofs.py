"""Proofs by challenge: the card itself answers central through the terminal (DESIGN 6; C-03; ADR 22).

Central keeps nothing between the steps: how far a talk is travels with the terminal, sealed for it. What is
kept is the proof, once, by one guarded statement; the same answers again are the same proof, no longer.
"""

import secrets
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from central.chips import own_chip
from central.chips.ev2first import CardProofFailed, Challenge, answer_challenge, first_command, require_proof
from central.services.cards.card_keys import KEY_BYTES, PROOF_KEY_NO, CardKeys, CardKeysService
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.prepared_key import SealBroken
from central.services.members.identify import IdentifyService
from central.storage.interface.chips import CardProofRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import CARD_PROOF_ANSWER_S, CARD_PROOF_VALID_S
from loyalty.programme.chip_numbers import CHIP_SERIAL
from wire import api_card_proofs as api

SELECT_NDEF: Final = bytes.fromhex("00A4040007D276000085010100")
_OK: Final = bytes.fromhex("9000")


class CardProofImpossible(LoyaltyError):
    """What was shown is no card that answers a challenge."""

    code = "card_proof_impossible"
    trouble = Trouble.REFUSED
    text = "This card cannot prove itself: it has no chip that answers. Use a chip card of the programme."


class CardTalkOver(LoyaltyError):
    """The state of the talk is no longer good, or is not this terminal's."""

    code = "card_talk_over"
    trouble = Trouble.REFUSED
    text = "The card took too long, or this is another talk's answer. Hold the card still and begin again."


class _Talk(msgspec.Struct, frozen=True, kw_only=True):
    """A challenge under way. `uid`: as the card's; the random numbers are secret until it ends."""

    step: Literal["challenge", "answer", "sign"]
    proof_id: str
    tap_id: str
    uid: str
    card_number: str
    begun_ms: int
    version: int = 0
    random_a: bytes = b""
    random_b: bytes = b""


_decoder: Final = msgspec.json.Decoder(_Talk)


class CardProofsService:
    """Challenges cards and keeps what they prove."""

    def __init__(self, context: Context, identify: IdentifyService, keys: CardKeysService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._identify = identify
        self._keys = keys

    async def begin(self, actor: Actor, body: api.BeginCardProofBody) -> api.CardTalkView:
        """The first commands for the card of a tap.

        Raises: CardProofImpossible, the refusals of a card.
        """
        access.require(actor, access.IDENTIFY)
        card, key = await self._identify.find_challengeable(actor, body.evidence)
        if key.uid is None or not await self._keys.in_use(actor.group_id):
            raise CardProofImpossible
        talk = _Talk(
            step="challenge" if key.tap else "sign",
            proof_id=secrets.token_hex(16),
            tap_id=body.tap_id,
            uid=key.uid,
            card_number=card.card_number,
            begun_ms=self._clock(),
            version=key.tap.version if key.tap else 0,
            random_a=secrets.token_bytes(KEY_BYTES),
        )
        if key.tap is None:
            return self._step(actor, talk, own_chip.commands(talk.random_a))
        return self._step(actor, talk, [SELECT_NDEF, first_command(PROOF_KEY_NO)])

    async def answer(self, actor: Actor, body: api.CardAnswersBody) -> api.CardTalkView:
        """The next commands, or the proof.

        Raises: CardProofFailed: another card, another key, a recorded answer. CardTalkOver.
        """
        access.require(actor, access.IDENTIFY)
        talk = self._open(actor, body.state)
        answers = [bytes.fromhex(answer) for answer in body.answers]
        keys = await self._keys.in_use(actor.group_id)
        if talk.step == "sign":
            serial = bytes.fromhex(talk.uid.removeprefix(CHIP_SERIAL))
            signing = [each.chip_key(serial) for each in keys]
            if not own_chip.is_right(answers, serial=serial, challenge=talk.random_a, keys=signing):
                raise CardProofFailed
            return await self._keep(actor, talk)
        key = _proof_key(keys, talk)
        if talk.step == "challenge":
            if len(answers) != 2 or answers[0][-2:] != _OK:
                raise CardProofFailed
            challenge = answer_challenge(key, talk.random_a, answers[1])
            talk = msgspec.structs.replace(talk, step="answer", random_b=challenge.random_b)
            return self._step(actor, talk, [challenge.command()])
        if len(answers) != 1:
            raise CardProofFailed
        require_proof(Challenge(key, talk.random_a, talk.random_b), answers[0])
        return await self._keep(actor, talk)

    async def _keep(self, actor: Actor, talk: _Talk) -> api.CardTalkView:
        """Counted from the challenge: answers sent again make no proof last longer. Raises: CardTalkOver."""
        row = CardProofRow(
            group_id=actor.group_id,
            uid=talk.uid,
            proof_id=talk.proof_id,
            terminal=actor.token_id,
            tap_id=talk.tap_id,
            begun_ms=talk.begun_ms,
            expires_ms=talk.begun_ms + CARD_PROOF_VALID_S * 1000,
        )
        if not await self._store.keep_card_proof(row):
            raise CardTalkOver
        proof = api.CardProofView(
            proof_id=row.proof_id, card_number=talk.card_number, expires_ms=row.expires_ms
        )
        return api.CardTalkView(proof=proof)

    def _step(self, actor: Actor, talk: _Talk, commands: list[bytes]) -> api.CardTalkView:
        sealed = self._vault.seal_card_talk(actor.group_id, actor.token_id, msgspec.json.encode(talk))
        return api.CardTalkView(state=sealed.hex(), commands=[each.hex().upper() for each in commands])

    def _open(self, actor: Actor, state: str) -> _Talk:
        try:
            opened = self._vault.open_card_talk(actor.group_id, actor.token_id, bytes.fromhex(state))
            talk = _decoder.decode(opened)
        except (SealBroken, ValueError) as error:
            raise CardTalkOver from error
        if not 0 <= self._clock() - talk.begun_ms <= CARD_PROOF_ANSWER_S * 1000:
            raise CardTalkOver
        return talk


def _proof_key(keys: Sequence[CardKeys], talk: _Talk) -> bytes:
    """The card's own key, of the version that its message was signed with. Raises: CardProofFailed."""
    version = next((each for each in keys if each.version == talk.version), None)
    if version is None:
        raise CardProofFailed
    return version.proof_key(bytes.fromhex(talk.uid))
