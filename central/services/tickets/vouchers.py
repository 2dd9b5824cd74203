"""Vouchers: presented numbers resolved, units burned and given, and what a return does to them.

A number is made from the group's key and the voucher's id, so that the same answer can be given again while
the number itself is kept nowhere; a voucher is found by a keyed hash of it.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta, tzinfo
from typing import Final

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.tickets.claims import Reserved
from central.services.tickets.explanations import StoredWhy
from central.services.tickets.replaced import NOTHING_REPLACED, Replaced
from central.services.tickets.tenders.guessing import Guesses
from central.storage.interface.guesses import GuessAsked
from central.storage.interface.lookups import SaleFacts
from central.storage.interface.rows import ReturnedLine, StoredLine
from central.storage.interface.vouchers import (
    NO_VOUCHER_RETURN,
    Benefits,
    GiftRow,
    VoucherReturn,
    VoucherRow,
    VoucherStands,
    VoucherUse,
)
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError
from loyalty.ledger import assets, chart
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.holds import Hold, HoldState
from loyalty.ledger.lots import end_of_day_ms
from loyalty.ledger.postings import LotChange, Transaction
from loyalty.ledger.vouchers import VOUCHER_USE, VoucherUnit, issue_vouchers, return_vouchers, use_vouchers
from loyalty.limits import ledger as limits
from loyalty.pricing.basket import Basket
from loyalty.pricing.quote import Quote, Voucher
from loyalty.programme.party import PartyKind, funder_in
from loyalty.programme.programme import Programme
from loyalty.programme.voucher import (
    VoucherExpired,
    VoucherHeld,
    VoucherOfAnother,
    VoucherTakenBack,
    VoucherTwice,
    VoucherUnknown,
    VoucherUsed,
    plain_voucher_code,
    voucher_code,
)
from loyalty.rules.effect_names import EffectName
from loyalty.rules.effects import NextPurchaseVoucher
from loyalty.value.secret_numbers import short, spaced
from loyalty.values import quick
from wire.api_benefits import GiftView, UsedVoucherView, VoucherView

_PARTY_KINDS: Final = frozenset(PartyKind)


@quick
@dataclass(frozen=True, slots=True)
class TakenVouchers:
    """What a sale does to vouchers; `gone`: promised to a late ticket and not there any more."""

    transactions: tuple[Transaction, ...]
    benefits: Benefits
    holds: tuple[tuple[str, int], ...]
    gone: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ReturnedVouchers:
    """What a return does to vouchers; `spent`: what those are worth that the sale gave and that are used by
    now, or promised to another ticket, by the rule that gave them.
    """

    back: VoucherReturn = NO_VOUCHER_RETURN
    transaction: Transaction | None = None
    spent: Mapping[str, int] = field(default_factory=dict)


class Vouchers:
    """Decides on what stands now; the ledger's floors and lots are the guards."""

    def __init__(self, context: Context, guesses: Guesses) -> None:
        self._store = context.store
        self._vault = context.vault
        self._guesses = guesses

    async def present(
        self,
        actor: Actor,
        codes: Sequence[str],
        *,
        member_id: str | None,
        at_ms: int,
        reserved: Reserved | None = None,
        found: SaleFacts | None = None,
        numbers: Mapping[bytes, str] | None = None,
        replaced: Replaced = NOTHING_REPLACED,
    ) -> tuple[VoucherStands, ...]:
        """The vouchers of these numbers, in their order. What was reserved is not judged again.

        `found`: what was looked up with the ticket; left out, they are read. `numbers`: of `numbers`.
        `replaced`: what is promised to the ticket's own reservation, whose place another takes.
        Raises: VoucherCodeInvalid, VoucherTwice, VoucherUnknown, VoucherOfAnother, VoucherTakenBack,
            VoucherExpired, VoucherUsed, VoucherHeld; TooManyTries: unknown numbers count as tries.
        """
        if not codes:
            return ()
        hashes = numbers or self.hashes(actor.group_id, codes)
        if len(hashes) < len(codes):
            raise VoucherTwice(number=short(_named_twice(codes)))
        if reserved is None:
            if found is None:
                await self._guesses.require_room(actor)
            else:
                await self._guesses.require_room_found(actor, found.next_guess_ms)
        there = None if found is None else found.vouchers
        if there is None:
            there = await self._store.find_vouchers(actor.group_id, list(hashes))
        presented = []
        for code_hash, code in hashes.items():
            stands = there.get(code_hash)
            if stands is None:
                await self._guesses.count(actor)
                raise VoucherUnknown(number=short(code))
            stands = replaced.voucher(stands)
            is_agreed = reserved is not None and stands.row.voucher_id in reserved.vouchers
            _require_good(stands, short(code), member_id=member_id, at_ms=at_ms, is_agreed=is_agreed)
            presented.append(stands)
        return tuple(presented)

    def guesses_of(self, actor: Actor) -> GuessAsked:
        """What is looked up together with the numbers that somebody presents."""
        return self._guesses.asked(actor)

    def hashes(self, group_id: str, codes: Sequence[str]) -> dict[bytes, str]:
        """The digits of each number once, by what its voucher is found by. Raises: VoucherCodeInvalid."""
        plain = dict.fromkeys([plain_voucher_code(code) for code in codes])
        return {self._vault.voucher_hash(group_id, code): code for code in plain}

    def numbers(self, group_id: str, codes: Sequence[str]) -> Mapping[bytes, str]:
        """As `hashes`, once for all of a request; nothing where one cannot be read: `present` refuses it."""
        with contextlib.suppress(LoyaltyError):
            return self.hashes(group_id, codes)
        return {}

    def keep(
        self, quote: Quote, presented: Sequence[VoucherStands], *, reservation_id: str, head: EntryHead
    ) -> list[Hold]:
        """The holds of the vouchers that a reserved quote uses."""
        used = {each.voucher_id for each in quote.vouchers if each.used_minor}
        return [
            Hold(
                hold_id=f"{reservation_id}/voucher/{stands.row.voucher_id}",
                account=stands.row.account,
                asset=assets.voucher(stands.row.definition),
                amount=1,
                lots=(LotChange(stands.row.lot_id, 1),),
                cause_id=reservation_id,
                made_ms=head.recorded_ms,
                expires_ms=head.recorded_ms + limits.HOLD_LIFETIME_S * 1000,
                actor=head.actor,
                terminal_id=head.terminal_id,
            )
            for stands in presented
            if stands.row.voucher_id in used
        ]

    def take(
        self,
        group_id: str,
        head: EntryHead,
        quote: Quote,
        presented: Sequence[VoucherStands],
        *,
        basket: Basket,
        zone: tzinfo,
        programme: Programme,
        member_id: str | None,
        reserved: Reserved | None,
    ) -> TakenVouchers:
        """What a sale burns and gives. A voucher promised to a late ticket that is gone is only told."""
        amounts = {each.voucher_id: each.used_minor for each in quote.vouchers if each.used_minor}
        kept = {} if reserved is None else reserved.vouchers
        pending = {voucher_id: hold for voucher_id, hold in kept.items() if hold.state == HoldState.PENDING}
        burned, gone = [], []
        for stands in presented:
            row = stands.row
            if row.voucher_id not in amounts:
                continue
            is_there = row.voucher_id in pending or stands.remaining > stands.held
            if row.voucher_id in kept and not is_there:
                gone.append((row.definition, amounts[row.voucher_id]))
            else:
                burned.append(stands)
        given = self._given(group_id, head, quote, basket=basket, member_id=member_id)
        ends = {
            row.lot_id: end_of_day_ms(basket.local_day + timedelta(days=days), zone) for row, days in given
        }
        minted = [
            VoucherUnit(
                row.account,
                assets.voucher(row.definition),
                row.lot_id,
                ends[row.lot_id],
                row.sale_id,
                funder_in(programme.funders.get(row.rule_id, programme.funder), basket.shop_id),
            )
            for row, _ in given
        ]
        transactions = (
            use_vouchers(
                _named(head, "vouchers_used"), [_unit(stands) for stands in burned], shop_id=basket.shop_id
            ),
            issue_vouchers(_named(head, "vouchers"), minted),
        )
        used_ids = {stands.row.voucher_id for stands in burned}
        return TakenVouchers(
            transactions=tuple(each for each in transactions if each is not None),
            benefits=Benefits(
                vouchers=tuple(row for row, _ in given),
                uses=tuple(
                    VoucherUse(stands.row.voucher_id, amounts[stands.row.voucher_id]) for stands in burned
                ),
                gifts=tuple(GiftRow(each.rule_id, each.article_id, each.quantity) for each in quote.gifts),
            ),
            holds=tuple((hold.hold_id, int(each in used_ids)) for each, hold in pending.items()),
            gone=tuple(gone),
        )

    def _given(
        self, group_id: str, head: EntryHead, quote: Quote, *, basket: Basket, member_id: str | None
    ) -> list[tuple[VoucherRow, int]]:
        """The vouchers a ticket earns, with the days each is good for."""
        promised = [
            (each.rule_id, each.effect)
            for each in quote.promises
            if isinstance(each.effect, NextPurchaseVoucher)
        ]
        rows = []
        for number, (rule_id, effect) in enumerate(promised, start=1):
            voucher_id = f"{head.cause_id}/{number}"
            code = voucher_code(self._vault.voucher_secret(group_id, voucher_id))
            row = VoucherRow(
                group_id=group_id,
                voucher_id=voucher_id,
                code_hash=self._vault.voucher_hash(group_id, code),
                definition=effect.voucher,
                rule_id=rule_id,
                account=chart.vouchers_of(member_id, head.cause_id),
                lot_id=f"{head.cause_id}/vouchers/{number}",
                member_id=member_id,
                sale_id=head.cause_id,
                number=number,
                worth_minor=effect.worth_minor,
                redeem_on=" ".join(sorted(each.value for each in effect.redeem_on)),
                last_day=(basket.local_day + timedelta(days=effect.valid_days)).isoformat(),
                made_ms=head.recorded_ms,
            )
            rows.append((row, effect.valid_days))
        return rows

    async def given_views(
        self, group_id: str, shop_id: str, benefits: Benefits, programme: Programme
    ) -> list[VoucherView]:
        """The vouchers a ticket gave, with their numbers made again."""
        views = []
        for row in benefits.vouchers:
            funder = funder_in(programme.funders.get(row.rule_id, programme.funder), shop_id)
            number = voucher_code(self._vault.voucher_secret(group_id, row.voucher_id))
            view = VoucherView(
                code=spaced(number),
                definition=row.definition,
                worth_minor=row.worth_minor,
                last_day=row.last_day,
                is_personal=row.member_id is not None,
                payload=number,
                rule_id=row.rule_id,
                redeem_on=row.redeem_on.split(),
                funder=funder,
                offered_by=await self._name_of(group_id, funder),
            )
            views.append(view)
        return views

    async def _name_of(self, group_id: str, funder: str) -> str:
        kind, _, party_id = funder.partition("/")
        if kind not in _PARTY_KINDS:
            return ""
        party = await self._store.find_party(group_id, kind, party_id)
        return "" if party is None else party.name

    async def used_views(
        self,
        group_id: str,
        codes: Sequence[str],
        amounts: Mapping[str, int],
        presented: Sequence[VoucherStands] = (),
    ) -> list[UsedVoucherView]:
        """What each presented number took off, as it was presented.

        Args:
            amounts: minor units by voucher.
            presented: the vouchers of the numbers where they were just judged; others are read.
        """
        stood: Sequence[VoucherStands | None] = presented
        if len(presented) < len(codes):
            hashes = {digits: code_hash for code_hash, digits in self.hashes(group_id, codes).items()}
            found = await self._store.find_vouchers(group_id, list(hashes.values()))
            stood = [found.get(hashes[plain_voucher_code(code)]) for code in codes]
        views = []
        for code, stands in zip(codes, stood, strict=True):
            used_minor = 0 if stands is None else amounts.get(stands.row.voucher_id, 0)
            views.append(UsedVoucherView(code=code, used_minor=used_minor))
        return views

    async def give_back(
        self,
        head: EntryHead,
        group_id: str,
        sale_id: str,
        *,
        shop_id: str,
        why: Mapping[int, StoredWhy],
        stored: Sequence[StoredLine],
        returned: Sequence[ReturnedLine],
    ) -> ReturnedVouchers:
        """What a return does to vouchers: whole ones, once all of their goods are back (docs/ledger.md)."""
        benefits = await self._store.find_benefits(group_id, sale_id)
        ending = [
            row
            for row in benefits.vouchers
            if row.taken_back is None
            and _are_back(row.rule_id, EffectName.NEXT_PURCHASE_VOUCHER.value, why, stored, returned)
        ]
        used = [use.voucher_id for use in benefits.uses if use.restored_by is None]
        given = [row.voucher_id for row in benefits.vouchers]
        if not given and not used:
            return ReturnedVouchers()
        known = await self._store.list_vouchers(group_id, [*given, *used])
        taken_back = [known[row.voucher_id] for row in ending]
        restored, fresh, void = [], [], []
        for number, voucher_id in enumerate(used, start=1):
            stands = known[voucher_id]
            spoke_as = f"voucher.{stands.row.definition}", "voucher"
            if not _are_back(*spoke_as, why, stored, returned):
                continue
            if stands.row.taken_back is not None:
                if not _are_back(*spoke_as, why, stored, ()):  # else an earlier return brought them back
                    void.append(voucher_id)
                continue
            is_live = stands.expires_ms is None or stands.expires_ms > head.recorded_ms
            if is_live and stands.lot_account == stands.row.account:
                restored.append(_unit(stands))
            else:
                ends_ms = head.recorded_ms + limits.RESTORED_POINTS_DAYS * DAY_MS
                unit = replace(
                    _unit(stands),
                    lot_id=f"{head.cause_id}/voucher/{number}",
                    expires_ms=stands.expires_ms if is_live else ends_ms,
                )
                fresh.append((voucher_id, unit))
        lots = {known[each].row.lot_id: each for each in used}
        transaction = return_vouchers(
            _named(head, "vouchers"),
            shop_id=shop_id,
            taken_back=[_unit(stands) for stands in taken_back if stands.remaining > stands.held],
            restored=restored,
            fresh=[unit for _, unit in fresh],
        )
        back = VoucherReturn(
            taken_back=tuple(stands.row.voucher_id for stands in taken_back),
            restored=(
                *((lots[unit.lot_id], unit.lot_id) for unit in restored),
                *((voucher_id, unit.lot_id) for voucher_id, unit in fresh),
            ),
            void=tuple(void),
        )
        return ReturnedVouchers(back, transaction, _spent([known[each] for each in given]))


def vouchers_for(presented: Sequence[VoucherStands]) -> list[Voucher]:
    """Vouchers as a quote takes them."""
    return [
        Voucher(
            voucher_id=stands.row.voucher_id,
            definition=stands.row.definition,
            worth_minor=stands.row.worth_minor,
            redeem_on=frozenset(stands.row.redeem_on.split()),
        )
        for stands in presented
    ]


def gift_views(quote_or_benefits: Quote | Benefits) -> list[GiftView]:
    """The gifts of a quote or of a recorded ticket."""
    return [
        GiftView(rule_id=each.rule_id, article_id=each.article_id, quantity=each.quantity)
        for each in quote_or_benefits.gifts
    ]


def _named_twice(codes: Sequence[str]) -> str:
    plain = [plain_voucher_code(code) for code in codes]
    return next(code for code in plain if plain.count(code) > 1)


def _require_good(
    stands: VoucherStands, number: str, *, member_id: str | None, at_ms: int, is_agreed: bool
) -> None:
    if stands.row.member_id not in (None, member_id):
        raise VoucherOfAnother(number=number)
    if is_agreed:
        return
    if stands.row.taken_back is not None:
        raise VoucherTakenBack(number=number)
    if not stands.remaining and (stands.expires_ms is None or stands.expires_ms > at_ms):
        raise VoucherUsed(number=number)
    if stands.expires_ms is not None and stands.expires_ms <= at_ms:
        raise VoucherExpired(number=number)
    if stands.held:
        raise VoucherHeld(number=number)


def _spent(given: Sequence[VoucherStands]) -> dict[str, int]:
    """Minor units that a rule gave for good: by then nobody can take them back."""
    spent: dict[str, int] = {}
    for stands in given:
        if stands.held or stands.taken_by == VOUCHER_USE:
            spent[stands.row.rule_id] = spent.get(stands.row.rule_id, 0) + stands.row.worth_minor
    return spent


def _are_back(
    rule_id: str,
    code: str,
    why: Mapping[int, StoredWhy],
    stored: Sequence[StoredLine],
    returned: Sequence[ReturnedLine],
) -> bool:
    """Whether all units of the lines on which a rule spoke are back after this return."""
    coming = {line.line_no: line.quantity for line in returned}
    spoke = [
        line
        for line in stored
        if line.line_no in why
        and any(each.rule_id == rule_id and each.code == code for each in why[line.line_no].reasons)
    ]
    return bool(spoke) and all(
        line.returned_quantity + coming.get(line.line_no, 0) == line.quantity for line in spoke
    )


def _unit(stands: VoucherStands) -> VoucherUnit:
    row = stands.row
    return VoucherUnit(
        account=row.account,
        asset=assets.voucher(row.definition),
        lot_id=row.lot_id,
        expires_ms=stands.expires_ms,
        source_id=row.sale_id,
        funder=stands.funder,
    )


def _named(head: EntryHead, what: str) -> EntryHead:
    return head.named(f"{head.cause_id}/{what}")
