"""Stored value as tender: what a ticket names, what a reservation holds of it, what a sale takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.services.members.identify import IdentifyService
from central.services.tickets.claims import Reserved
from central.services.tickets.redeeming import payable_minor
from central.services.tickets.replaced import NOTHING_REPLACED, Replaced
from central.services.tickets.tenders.known_cards import KnownCards
from central.services.tickets.terms import Terms
from central.storage.interface.claims import CounterUse
from central.storage.interface.stored_value import PaidWith, SaleTender
from central.storage.interface.value import HoldRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import Asset, meal_voucher, money, parse_asset
from loyalty.ledger.chart import gift_card_value, member_account
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.holds import Hold, HoldState, posted_lots
from loyalty.ledger.lots import BalanceTooLow, Lot
from loyalty.ledger.postings import LotChange, Transaction
from loyalty.limits.ledger import HOLD_LIFETIME_S
from loyalty.money import MoneyError
from loyalty.programme.articles import ArticleClass
from loyalty.programme.identification import Act
from loyalty.programme.programme import worth_minor
from loyalty.value.gift_card import GiftCardExpired, GiftCardState, require_may_pay
from loyalty.value.law import law_of
from loyalty.value.moves import lots_left_to_pay, lots_to_pay, pay
from loyalty.value.secret_numbers import short
from loyalty.value.tenders import LineShare, StoredValueTooLow, Tender, TenderKind, share_over_lines
from wire import api, api_sales
from wire.api_tenders import TenderBody

HOLDS = "tender"
"""Holds of tenders are named `<reservation>/tender/<number>`."""
STORED_VALUE = "stored_value"


class TenderNeedsMember(LoyaltyError):
    """Nobody's purse cannot pay."""

    code = "tender_needs_member"
    text = "A purse or meal vouchers pay with the member's card only. Send the holder, or another tender."


class TenderTwice(LoyaltyError):
    """The same purse or card is named twice."""

    code = "tender_twice"
    text = "The same {kind} is named twice as a tender. Name it once, with the whole amount."


class TenderNumberMismatch(LoyaltyError):
    """A gift card has a number, and nothing else has."""

    code = "tender_number_mismatch"
    text = "A gift card needs its number, and {kind} has none. Send number with gift_card alone."


class TenderExceedsHold(MoneyError):
    """More than was reserved, or something that was not."""

    code = "tender_exceeds_hold"
    trouble = Trouble.CONFLICT
    text = (
        "{reserved_minor} of this {kind} was reserved, not {amount_minor}. Take what was reserved, or reserve"
        " again."
    )


class MealVouchersDayLimit(MoneyError):
    """The country's law lets meal vouchers pay so much a day."""

    code = "meal_vouchers_day_limit"
    trouble = Trouble.REFUSED
    text = "Meal vouchers pay {limit_minor} a day here ({source}); {left_minor} are left today. Take less."


@dataclass(frozen=True, slots=True)
class Presented:
    """A tender as it is to be taken; `hold`: what a reservation keeps of it."""

    tender: Tender
    gift_card_id: str | None = None
    number_end: str = ""
    hold: HoldRow | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sale takes of stored value; `gone`: promised to a late ticket and not there any more."""

    paid: PaidWith
    transactions: tuple[Transaction, ...] = ()
    holds: tuple[tuple[str, int], ...] = ()
    uses: tuple[CounterUse, ...] = ()
    gone: tuple[tuple[str, int], ...] = ()


class Paying:
    """Decides on what stands now; the ledger's floors and lots are the guards."""

    def __init__(self, context: Context, identify: IdentifyService, cards: KnownCards) -> None:
        self._store = context.store
        self._identify = identify
        self._cards = cards

    async def present(
        self,
        actor: Actor,
        group: Group,
        bodies: Sequence[TenderBody],
        *,
        holder: api.EvidenceBody | None,
        at_ms: int,
    ) -> tuple[Presented, ...]:
        """What a ticket names, each once and good to pay.

        Raises: TenderNeedsMember, TenderTwice, TenderNumberMismatch; StrengthTooLow and the refusals of a
            card; the refusals of a gift card, TooManyTries.
        """
        presented = await self._resolve(actor, group, bodies, holder=holder, at_ms=at_ms, is_agreed=False)
        return tuple(presented)

    async def of_sale(
        self, actor: Actor, group: Group, body: api_sales.SaleBody, *, at_ms: int
    ) -> tuple[Presented, ...]:
        """What pays a sale: what it names, or what its reservation holds, or less of that.

        Raises: as `present`; TenderExceedsHold.
        """
        if body.reservation_id is None:
            return await self.present(actor, group, body.tenders or (), holder=body.holder, at_ms=at_ms)
        holds = await self._store.list_holds_of(actor.group_id, body.reservation_id)
        prefix = f"{body.reservation_id}/{HOLDS}/"
        held = [await self._held(actor.group_id, hold) for hold in holds if hold.hold_id.startswith(prefix)]
        if body.tenders is None:
            return tuple(held)
        asked = await self._resolve(
            actor, group, body.tenders, holder=body.holder, at_ms=at_ms, is_agreed=True
        )
        kept = {each.tender.account: each for each in held}
        for each in asked:
            found = kept.get(each.tender.account)
            reserved = 0 if found is None else found.tender.amount_minor
            if each.tender.amount_minor > reserved:
                raise TenderExceedsHold(
                    kind=each.tender.kind.value,
                    reserved_minor=reserved,
                    amount_minor=each.tender.amount_minor,
                    asset=str(each.tender.asset),
                )
        paid = [replace(kept[each.tender.account], tender=each.tender) for each in asked]
        # What is held and not named is settled with nothing.
        named = {each.tender.account for each in asked}
        unused = [
            replace(each, tender=replace(each.tender, amount_minor=0))
            for each in held
            if each.tender.account not in named
        ]
        return (*paid, *unused)

    async def _resolve(
        self,
        actor: Actor,
        group: Group,
        bodies: Sequence[TenderBody],
        *,
        holder: api.EvidenceBody | None,
        at_ms: int,
        is_agreed: bool,
    ) -> list[Presented]:
        numbers = [_number_of(body) for body in bodies]
        member_id = None
        own = [body for body in bodies if TenderKind(body.kind) is not TenderKind.GIFT_CARD]
        if own:
            amount = sum(body.amount_minor for body in own)
            member_id = await self._payer(actor, group, holder, at_ms, is_agreed=is_agreed, amount=amount)
        named = [number for number in numbers if number]
        cards = await self._cards.get_all(actor, group, named, is_agreed=is_agreed)
        presented: list[Presented] = []
        for body in bodies:
            if TenderKind(body.kind) is TenderKind.GIFT_CARD:
                card = cards.pop(0)
                end = short(card.row.number_end)
                if not is_agreed:
                    require_may_pay(GiftCardState(card.row.state), end)
                    if card.row.expires_ms is not None and card.row.expires_ms <= at_ms and not card.balance:
                        raise GiftCardExpired(number=end)
                account, asset = gift_card_value(card.row.gift_card_id), money(group.row.currency)
                tender = Tender(TenderKind.GIFT_CARD, account, asset, body.amount_minor)
                each = Presented(tender, card.row.gift_card_id, card.row.number_end)
            else:
                assert member_id is not None
                asset = _asset(body.kind, group.row.currency)
                account = member_account(member_id, asset)
                each = Presented(Tender(TenderKind(body.kind), account, asset, body.amount_minor))
            if any(each.tender.account == other.tender.account for other in presented):
                raise TenderTwice(kind=body.kind)
            presented.append(each)
        return presented

    async def _payer(
        self,
        actor: Actor,
        group: Group,
        holder: api.EvidenceBody | None,
        at_ms: int,
        *,
        is_agreed: bool,
        amount: int,
    ) -> str:
        if holder is None:
            raise TenderNeedsMember
        if is_agreed:
            return (await self._identify.get_earner(actor, group, holder, at_ms)).member.member_id
        payer = await self._identify.get_holder_for(
            actor, group, holder, Act.PAY_FROM_PURSE, at_ms, amount=amount
        )
        return payer.member.member_id

    async def _held(self, group_id: str, hold: HoldRow) -> Presented:
        """A tender as a reservation holds it: the account says what it is."""
        owner, owner_id, leaf = hold.account.split("/")
        asset = parse_asset(hold.asset)
        if owner == "gift_card":
            card = await self._store.get_gift_card(group_id, owner_id, hold.asset)
            assert card is not None, "a hold on a gift card is of one that there is"
            tender = Tender(TenderKind.GIFT_CARD, hold.account, asset, hold.amount)
            return Presented(tender, owner_id, card.row.number_end, hold)
        kind = TenderKind.PURSE if leaf == "purse" else TenderKind.MEAL_VOUCHERS
        return Presented(Tender(kind, hold.account, asset, hold.amount), hold=hold)

    # Reserving ----------------------------------------------------------------------------------------------

    async def keep(
        self,
        group_id: str,
        presented: Sequence[Presented],
        terms: Terms,
        *,
        points: int,
        reservation_id: str,
        head: EntryHead,
        replaced: Replaced = NOTHING_REPLACED,
    ) -> tuple[list[Hold], list[CounterUse]]:
        """The holds of a reservation's tenders, and what it keeps of day limits; past what `replaced` keeps.

        Raises: StoredValueTooLow, TenderTooMuch, MealVouchersDayLimit.
        """
        _shares(terms, presented, points, is_agreed=False)
        holds = []
        for number, each in enumerate(presented, start=1):
            lots = replaced.lots(await self._lots(group_id, each.tender))
            kept = _of_lots(each.tender, lots, head.recorded_ms)
            holds.append(
                Hold(
                    hold_id=f"{reservation_id}/{HOLDS}/{number}",
                    account=each.tender.account,
                    asset=each.tender.asset,
                    amount=each.tender.amount_minor,
                    lots=kept,
                    cause_id=reservation_id,
                    made_ms=head.recorded_ms,
                    expires_ms=head.recorded_ms + HOLD_LIFETIME_S * 1000,
                    actor=head.actor,
                    terminal_id=head.terminal_id,
                )
            )
        return holds, await self._day_uses(group_id, presented, terms, is_promised=False, replaced=replaced)

    # Selling ------------------------------------------------------------------------------------------------

    async def take(
        self,
        group_id: str,
        head: EntryHead,
        presented: Sequence[Presented],
        terms: Terms,
        *,
        points: int,
        reserved: Reserved | None,
    ) -> Taken:
        """What a sale takes: guarded without a reservation, under a live one never refused.

        A late ticket, whose hold has ended, takes what is there; what lacks is told (`gone`).
        Raises: StoredValueTooLow, TenderTooMuch, MealVouchersDayLimit: without a reservation.
        """
        if not presented:
            return Taken(PaidWith())
        taken: list[tuple[Presented, tuple[LotChange, ...]]] = []
        holds: list[tuple[str, int]] = []
        gone: list[tuple[str, int]] = []
        for each in presented:
            wanted, hold = each.tender.amount_minor, each.hold
            if hold is not None and hold.state == HoldState.PENDING:
                changes = posted_lots(hold.lots, wanted)
                holds.append((hold.hold_id, wanted))
            elif hold is not None:
                lots = await self._lots(group_id, each.tender)
                changes = lots_left_to_pay(lots, wanted, head.recorded_ms)
            else:
                lots = await self._lots(group_id, each.tender)
                changes = _of_lots(each.tender, lots, head.recorded_ms)
            amount = sum(change.amount for change in changes)
            if amount < wanted:
                gone.append((each.tender.kind.value, wanted - amount))
            if amount:
                there = replace(each, tender=replace(each.tender, amount_minor=amount))
                taken.append((there, changes))
        paying = [each for each, _ in taken]
        shares = _shares(terms, paying, points, is_agreed=reserved is not None)
        transaction = pay(
            head.named(f"{head.cause_id}/tenders"),
            [(each.tender, changes) for each, changes in taken],
            shop_id=terms.shop.shop_id,
        )
        return Taken(
            paid=PaidWith(tuple(_rows(paying)), tuple(shares)),
            transactions=() if transaction is None else (transaction,),
            holds=tuple(holds),
            uses=tuple(await self._day_uses(group_id, paying, terms, is_promised=reserved is not None)),
            gone=tuple(gone),
        )

    async def _lots(self, group_id: str, tender: Tender) -> list[Lot]:
        rows = await self._store.list_open_lots(group_id, tender.account, str(tender.asset))
        return [lot_of(row) for row in rows]

    async def _day_uses(
        self,
        group_id: str,
        presented: Sequence[Presented],
        terms: Terms,
        *,
        is_promised: bool,
        replaced: Replaced = NOTHING_REPLACED,
    ) -> list[CounterUse]:
        """What the ticket counts against the day's limit of meal vouchers, where the country has one."""
        law = law_of(terms.basket.country)
        limit = law.meal_per_day.get(terms.basket.currency)
        meals = [each.tender for each in presented if each.tender.kind is TenderKind.MEAL_VOUCHERS]
        if limit is None or not meals:
            return []
        amount = sum(tender.amount_minor for tender in meals)
        if not amount:
            return []
        member = meals[0].account.rpartition("/")[0]
        key = f"meal_vouchers/{terms.basket.local_day.isoformat()}"
        if is_promised:
            return [CounterUse(key, member, STORED_VALUE, amount, None)]
        usage = replaced.usage(await self._store.find_usage(group_id, [(key, member)], []))
        left = limit - usage.counters[key, member]
        if amount > left:
            raise MealVouchersDayLimit(
                limit_minor=limit,
                left_minor=max(0, left),
                currency=terms.basket.currency,
                source=str(law.meal_source),
            )
        return [CounterUse(key, member, STORED_VALUE, amount, limit)]


def _number_of(body: TenderBody) -> str | None:
    if (TenderKind(body.kind) is TenderKind.GIFT_CARD) != (body.number is not None):
        raise TenderNumberMismatch(kind=body.kind)
    return body.number


def _asset(kind: str, currency: str) -> Asset:
    return meal_voucher(currency) if kind == TenderKind.MEAL_VOUCHERS else money(currency)


def _of_lots(tender: Tender, lots: Sequence[Lot], now_ms: int) -> tuple[LotChange, ...]:
    try:
        return lots_to_pay(lots, tender.amount_minor, now_ms)
    except BalanceTooLow as error:
        raise StoredValueTooLow(
            kind=tender.kind.value,
            available_minor=error.params["available"],
            wanted_minor=tender.amount_minor,
            asset=str(tender.asset),
        ) from error


def _shares(terms: Terms, presented: Sequence[Presented], points: int, *, is_agreed: bool) -> list[LineShare]:
    """Which part of which line each tender pays; also where nobody asks, a check of what may pay what."""
    meals = law_of(terms.basket.country).meal_classes
    classes = [
        line.article.article_class if line.article else ArticleClass.UNKNOWN for line in terms.basket.lines
    ]
    amounts = {line.line_no: line.amount_minor for line in terms.quote.lines}
    rows = share_over_lines(
        [amounts[line.line_no] for line in terms.basket.lines],
        points_minor=worth_minor(terms.programme, points) if points else 0,
        points_may=payable_minor(terms),
        tenders=[
            (
                each.tender.kind,
                each.tender.amount_minor,
                [each.tender.kind is not TenderKind.MEAL_VOUCHERS or kind in meals for kind in classes],
            )
            for each in presented
        ],
        currency=terms.basket.currency,
        is_agreed=is_agreed,
    )
    return [
        LineShare(line.line_no, tender_no, row[at])
        for tender_no, row in enumerate(rows)
        for at, line in enumerate(terms.basket.lines)
        if row[at]
    ]


def _rows(presented: Sequence[Presented]) -> list[SaleTender]:
    return [
        SaleTender(
            tender_no=number,
            kind=each.tender.kind.value,
            account=each.tender.account,
            asset=str(each.tender.asset),
            gift_card_id=each.gift_card_id,
            number_end=each.number_end,
            amount_minor=each.tender.amount_minor,
        )
        for number, each in enumerate(presented, start=1)
    ]
