"""Whose card is this, and how sure are we? Evidence comes in, central decides what it proves (DESIGN 6)."""

from dataclasses import replace
from typing import Final

from central.services.cards.chip_messages import CardMessageReplayed, ChipMessages, GenuineTap
from central.services.cards.phone_codes import PhoneCodes, is_phone_tap
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.found_words import FoundWords
from central.services.core.group import Group
from central.services.core.pins import Pins, card_owner
from central.services.core.shared_tries import SharedTries
from central.services.core.signed_words import SignedWords
from central.services.group.groups import GroupsService
from central.services.members.holder import (
    NOTHING_PROVED,
    CardKey,
    Holder,
    Proved,
    acts_of_card,
    judged,
    limits_of,
)
from central.services.members.profile import ProfileService
from central.storage.interface.lookups import SaleFacts
from central.storage.interface.rows import CardRow, MemberRow
from central.storage.interface.standings import INSURED_CARD
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import (
    IDENTIFY_TRIES_PER_TERMINAL,
    IDENTIFY_TRIES_WINDOW_S,
    PIN_PROOF_S,
    PIN_TRIES_MAX,
)
from loyalty.limits.members import MEMBER_HISTORY_MAX
from loyalty.programme.card import UnknownCard
from loyalty.programme.chip_numbers import CHIP_SERIAL, HEALTH_CARD, HealthCard, plain_chip_serial
from loyalty.programme.found import FoundOver, is_found
from loyalty.programme.identification import (
    CHALLENGEABLE,
    Act,
    Strength,
    StrengthTooLow,
)
from loyalty.programme.insured_card import is_insured
from loyalty.programme.numbers import plain_card_number
from loyalty.programme.phone_card import PhoneCodeOver
from wire import api

_OF_A_CHIP: Final = frozenset({"nfc_uid", "ntag424", "phone"})
"""Evidence that nobody types: no number to guess."""


class UnreadableCard(LoyaltyError):
    """The evidence is of a kind that central cannot verify yet."""

    code = "unreadable_card"
    trouble = Trouble.REFUSED
    text = (
        "Central cannot check a {medium} message yet. Use the card's UID, serial or printed number instead."
    )


class StaffCardShown(LoyaltyError):
    """The card is a person of staff's: no member's, so it earns and shows nothing."""

    code = "staff_card"
    trouble = Trouble.REFUSED
    text = "This is a card of staff: it has no points. Use a member's card."


class TooManyTries(LoyaltyError):
    """Numbers are being tried faster than people hand over cards."""

    code = "too_many_tries"
    trouble = Trouble.TOO_MANY
    text = (
        "Too many card numbers were tried here. Wait {retry_after_s} seconds, or hold a card to the reader."
    )


class IdentifyService:
    """From evidence to holder; counts look-ups of typed and scanned numbers."""

    def __init__(
        self,
        context: Context,
        groups: GroupsService,
        profiles: ProfileService,
        messages: ChipMessages,
        pins: Pins,
        phones: PhoneCodes,
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._vault = context.vault
        self._pins = pins
        self._proofs = SignedWords(context.quote_key, "pin-proof-1")
        self._found = FoundWords(context)
        self._groups = groups
        self._profiles = profiles
        self._messages = messages
        self._phones = phones
        self._tries = SharedTries(
            context.store,
            context.clock,
            "number",
            tries=IDENTIFY_TRIES_PER_TERMINAL,
            window_s=IDENTIFY_TRIES_WINDOW_S,
        )

    async def identify(
        self, actor: Actor, evidence: api.EvidenceBody, pin: str | None = None
    ) -> api.IdentifyView:
        """The holder's profile, as far as the evidence allows; a PIN is tried where the chip proved itself.

        Raises: UnknownCard, StaffCardShown, BlockedCard, ExpiredCard, ReplacedCard, CardNotActive,
            UnreadableCard, CardMessageInvalid, CardMessageReplayed, PhoneCodeInvalid, PhoneCodeOver,
            HealthCard, TooManyTries;
            StrengthTooLow, PinInvalid, PinMissing, PinWrong, PinLocked, TryAgain.
        """
        access.require(actor, access.IDENTIFY)
        await self._count(actor, evidence)
        group = await self._groups.get(actor.group_id)
        now_ms = self._clock()
        key = await self.find_key(actor, evidence)
        proved = await self._proved(actor, evidence, key)
        if key.tap is not None and not (proved.is_verified or proved.is_challenged):
            raise PhoneCodeOver if is_phone_tap(key.tap) else CardMessageReplayed
        try:
            card, member = await self._look_up(actor.group_id, key)
        except UnknownCard:
            await self._refuse_staff(actor, key)
            raise
        proof = ""
        if pin is not None:
            asked = judged(group, evidence, Act.SEE_BALANCE_RANGE, now_ms, card, member, proved=proved)
            proof = await self._check_pin(actor, key, asked, pin)
            proved = replace(proved, has_pin=True)
        holder = judged(group, evidence, Act.SEE_BALANCE_RANGE, now_ms, card, member, proved=proved)
        zone = await self._profiles.zone_of(actor.group_id, actor.shop_id)
        profile = await self._profiles.build(group, holder.member, holder.may, zone=zone, now_ms=now_ms)
        return api.IdentifyView(
            card_number=holder.card.card_number if holder.card else "",
            strength=holder.strength.name.lower(),
            profile=profile,
            limits=limits_of(group.programme.strength_table, holder.strength, acts_of_card(holder.card)),
            is_carer=holder.carer_id is not None,
            has_pin=await self._may_ask_pin(holder, proved),
            pin_proof=proof,
        )

    async def _may_ask_pin(self, holder: Holder, proved: Proved) -> bool:
        if not proved.is_verified or holder.strength < Strength.AES_CARD or holder.card is None:
            return False
        row = await self._pins.find(holder.card.group_id, card_owner(holder.card.card_number))
        return row is not None and row.tries < PIN_TRIES_MAX

    async def _check_pin(self, actor: Actor, key: CardKey, holder: Holder, pin: str) -> str:
        """Only with a chip that proved itself: whoever copied a card locks nobody out."""
        if key.tap is None or holder.strength < Strength.AES_CARD:
            raise StrengthTooLow(needed=Strength.AES_CARD.name.lower())
        await self._pins.check(
            actor.group_id,
            card_owner(holder.shown.card_number),
            pin,
            member_id=holder.member.member_id,
            shop_id=actor.shop_id,
        )
        until_ms = self._clock() + PIN_PROOF_S * 1000
        return self._proofs.sign(actor.group_id, actor.token_id, key.tap.uid, key.tap.counter, until_ms)

    def _is_proven(self, actor: Actor, key: CardKey, evidence: api.EvidenceBody) -> bool:
        """Whether a right PIN was typed for this tap, here, not long ago."""
        if not evidence.pin_proof or key.tap is None:
            return False
        parts = self._proofs.open(evidence.pin_proof)
        tap = (actor.group_id, actor.token_id, key.tap.uid, key.tap.counter)
        return parts is not None and parts[:-1] == tap and int(parts[-1]) > self._clock()

    def is_past(self, card: CardRow) -> bool:
        """Whether its validity is over."""
        return card.valid_until_ms is not None and card.valid_until_ms <= self._clock()

    async def find_row(self, group_id: str, key: CardKey) -> CardRow | None:
        """The card of this chip or number, if there is one: for what is handed out."""
        if key.uid is not None:
            return await self._store.find_card_by_uid(group_id, key.uid)
        return None if key.number is None else await self._store.find_card(group_id, key.number)

    async def look_up(self, actor: Actor, evidence: api.EvidenceBody, key: CardKey) -> CardRow:
        """The card in whatever state: for what is told of it, not what it may. Raises: as `identify`."""
        await self._count(actor, evidence)
        card, _ = await self._look_up(actor.group_id, key)
        if card is None:
            raise UnknownCard
        return card

    async def get_earner(self, actor: Actor, group: Group, evidence: api.EvidenceBody, at_ms: int) -> Holder:
        """The holder of a card presented with a ticket that happened at `at_ms`. Raises: as `identify`.

        Only unknown numbers count as tries here: a busy till is no guesser.
        """
        try:
            return await self._get_holder(actor, group, evidence, Act.EARN, at_ms)
        except UnknownCard:
            await self._count(actor, evidence)
            raise

    async def get_card_holder(
        self, actor: Actor, group: Group, evidence: api.EvidenceBody, at_ms: int
    ) -> Holder:
        """As `get_earner`, and not who was found without a card: a search is good for one new ticket.

        Raises: as `identify`, StrengthTooLow.
        """
        holder = await self.get_earner(actor, group, evidence, at_ms)
        if holder.found is not None:
            raise StrengthTooLow(needed=Strength.BARCODE.name.lower())
        return holder

    async def judge_earner(
        self,
        actor: Actor,
        group: Group,
        evidence: api.EvidenceBody,
        key: CardKey | None,
        found: SaleFacts,
        *,
        at_ms: int,
    ) -> Holder:
        """As `get_earner`, where card and member were looked up by `key` together with the ticket.

        `key` None: there is none to look up by, and this says why.
        """
        key = key or await self.find_key(actor, evidence, at_ms=at_ms)
        if key.found is not None:
            return await self._get_holder(actor, group, evidence, Act.EARN, at_ms)
        if found.card is None:
            await self._count(actor, evidence)
            raise UnknownCard
        proved = await self._proved(actor, evidence, key)
        return judged(group, evidence, Act.EARN, at_ms, found.card, found.member, proved=proved)

    def judge_late(
        self,
        group: Group,
        evidence: api.EvidenceBody,
        card: CardRow | None,
        member: MemberRow | None,
        *,
        at_ms: int,
    ) -> Holder:
        """Who earns on a ticket from a cut; what the card's chip signed is judged by who settles it.

        Raises: the refusals of a card, StrengthTooLow.
        """
        if card is None:
            raise UnknownCard
        return judged(group, evidence, Act.EARN, at_ms, card, member, proved=NOTHING_PROVED)

    async def find_key(
        self, actor: Actor, evidence: api.EvidenceBody, *, at_ms: int | None = None
    ) -> CardKey:
        """What the card is found by; of who was found without one, as of a moment (left out: now).

        Raises: FoundOver, UnreadableCard, CardMessageInvalid, PhoneCodeInvalid, HealthCard,
            ChipSerialInvalid.
        """
        if evidence.value == HEALTH_CARD:
            raise HealthCard
        match evidence.medium:
            case "nfc_uid":
                return CardKey(uid=evidence.value.upper())
            case "ntag424":
                tap = await self._messages.read(actor.group_id, evidence.value)
                return CardKey(uid=tap.uid, tap=tap)
            case "phone":
                number, tap = await self._phones.read(actor.group_id, evidence.value)
                return CardKey(number=number, tap=tap)
            case "typed" if is_found(evidence.value):
                at_ms = self._clock() if at_ms is None else at_ms
                return CardKey(found=self._found.open(actor, evidence.value, at_ms=at_ms))
            case "barcode" | "qr" | "typed":
                return CardKey(number=plain_card_number(evidence.value))
            case "chip" if is_insured(evidence.value):
                return CardKey(number=await self._insured(actor, evidence.value))
            case "chip" if evidence.value.startswith(CHIP_SERIAL):
                return CardKey(uid=plain_chip_serial(evidence.value))
            case _:
                raise UnreadableCard(medium=evidence.medium)

    async def _insured(self, actor: Actor, shown: str) -> str:
        """The member's own card, for an insured-person card that its member agreed to be known by.

        Raises: HealthCard: nobody did, or not any more. It is told as any other health card.
        """
        known = await self._store.find_insured_card(
            actor.group_id, self._vault.insured_hash(actor.group_id, shown)
        )
        if known is None:
            raise HealthCard
        number = await self._phones.living_number(actor.group_id, known.card_number)
        card = await self._store.find_card(actor.group_id, number)
        if card is None or card.member_id is None or not await self._agreed(actor.group_id, card.member_id):
            raise HealthCard
        return number

    async def _agreed(self, group_id: str, member_id: str) -> bool:
        member = await self._store.find_member(group_id, member_id)
        living = member_id if member is None else member.merged_into or member_id
        words = await self._store.list_consents(group_id, living, MEMBER_HISTORY_MAX)
        return next((word.is_given for word in words if word.purpose == INSURED_CARD), False)

    async def find_earner(
        self, actor: Actor, group: Group, evidence: api.EvidenceBody | None, at_ms: int
    ) -> Holder | None:
        """As `get_earner`, None without a card or with one that is refused: for what is recorded anyway."""
        if evidence is None:
            return None
        try:
            return await self.get_earner(actor, group, evidence, at_ms)
        except LoyaltyError as error:
            if error.trouble is Trouble.UNAVAILABLE:
                raise
            return None

    async def get_holder_for(
        self,
        actor: Actor,
        group: Group,
        evidence: api.EvidenceBody,
        act: Act,
        at_ms: int,
        *,
        amount: int = 1,
        is_for_cut: bool = False,
    ) -> Holder:
        """The holder of a card whose evidence permits so much of an act (`UNITS`).

        `is_for_cut`: of an act in a cut, inside a lease (`identification.in_cut`).

        Raises: as `identify`, StrengthTooLow, CardProofNeeded.
        """
        await self._count(actor, evidence)
        return await self._get_holder(
            actor, group, evidence, act, at_ms, amount=amount, is_for_cut=is_for_cut
        )

    async def find_challengeable(self, actor: Actor, evidence: api.EvidenceBody) -> tuple[CardRow, CardKey]:
        """A live card that can answer a challenge, by evidence that may be old.

        Raises: the refusals of a card, StrengthTooLow.
        """
        await self._count(actor, evidence)
        group = await self._groups.get(actor.group_id)
        key = await self.find_key(actor, evidence)
        card, member = await self._look_up(actor.group_id, key)
        if card is None:
            raise StrengthTooLow(needed=Strength.CHIP_CHALLENGE.name.lower())
        judged(group, evidence, Act.EARN, self._clock(), card, member, proved=NOTHING_PROVED)
        return card, key if evidence.medium in CHALLENGEABLE else CardKey()

    async def _get_holder(
        self,
        actor: Actor,
        group: Group,
        evidence: api.EvidenceBody,
        act: Act,
        at_ms: int,
        *,
        amount: int = 1,
        is_for_cut: bool = False,
    ) -> Holder:
        """A message used before, or by another terminal, proves what a copied UID proves."""
        key = await self.find_key(actor, evidence, at_ms=at_ms)
        card, member = await self._look_up(actor.group_id, key)
        proved = await self._proved(actor, evidence, key)
        return judged(
            group,
            evidence,
            act,
            at_ms,
            card,
            member,
            proved=proved,
            amount=amount,
            is_for_cut=is_for_cut,
        )

    async def _proved(self, actor: Actor, evidence: api.EvidenceBody, key: CardKey) -> Proved:
        is_verified = key.tap is not None and await self._is_good(actor, key.tap)
        is_challenged = await self._is_challenged(actor, evidence, key)
        has_pin = self._is_proven(actor, key, evidence)
        return Proved(is_verified, is_challenged, has_pin, key.found)

    async def _is_good(self, actor: Actor, tap: GenuineTap) -> bool:
        """Whether a message of a chip, or a phone's code, counts."""
        if is_phone_tap(tap):
            return await self._phones.is_good(actor, tap)
        return await self._messages.is_new(actor, tap)

    async def _is_challenged(self, actor: Actor, evidence: api.EvidenceBody, key: CardKey) -> bool:
        """Whether this chip answered a challenge for this terminal and this proof, a moment ago."""
        if evidence.proof_id is None or key.uid is None or evidence.medium not in CHALLENGEABLE:
            return False
        proof = await self._store.find_card_proof(actor.group_id, key.uid)
        if proof is None or proof.proof_id != evidence.proof_id or proof.terminal != actor.token_id:
            return False
        return proof.begun_ms <= self._clock() < proof.expires_ms

    async def _look_up(self, group_id: str, key: CardKey) -> tuple[CardRow | None, MemberRow | None]:
        """Card and member; without a card only whom a search found. Raises: UnknownCard, FoundOver."""
        if key.found is not None:
            found = await self._living(group_id, key.found.member_id)
            if found is None or found.key_wrapped is None:
                raise FoundOver
            return None, found
        if key.uid is not None:
            card = await self._store.find_card_by_uid(group_id, key.uid)
        else:
            assert key.number is not None, "a card is found by its chip or by its number"
            card = await self._store.find_card(group_id, key.number)
        if card is None:
            raise UnknownCard
        if card.member_id is None:
            return card, None
        return card, await self._living(group_id, card.member_id)

    async def _living(self, group_id: str, member_id: str) -> MemberRow | None:
        member = await self._store.find_member(group_id, member_id)
        if member is not None and member.merged_into is not None:
            member = await self._store.find_member(group_id, member.merged_into)
        return member

    async def _refuse_staff(self, actor: Actor, key: CardKey) -> None:
        """Raises: StaffCardShown."""
        uid = key.uid
        if uid is not None and await self._store.find_staff_card(actor.group_id, uid) is not None:
            raise StaffCardShown

    async def _count(self, actor: Actor, evidence: api.EvidenceBody) -> None:
        """Who may read members can look them up anyway: nothing to guess, nothing to slow down."""
        if evidence.medium in _OF_A_CHIP or actor.may(access.MEMBERS_READ):
            return
        retry_after_s = await self._tries.count(actor)
        if retry_after_s is not None:
            raise TooManyTries(retry_after_s=retry_after_s)
