"""What the paper says of a ticket's points: line by line in the ticket's own numbers, then the totals (R-23).

The paper is the customer's own and names the articles already: it may name a legal class, a screen may not
(docs/adr/0010).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from central.services.tickets.explanations import StoredReason, StoredWhy, why_nothing
from central.services.tickets.receipt import words as said
from loyalty.limits.rules import RATE_BP_MAX
from loyalty.limits.tickets import RECEIPT_LINES_MAX
from loyalty.money import format_minor, scale_of
from loyalty.pricing.outcome import ReasonCode
from loyalty.printed import words as shared
from loyalty.printed.coupons import Coupon, conditions, heading, points_of
from loyalty.printed.rows import figured, indented, wrapped, wrapped_words
from loyalty.printed.words import words_of
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct, VerdictCode, law_name
from loyalty.values import quick
from wire.api_benefits import VoucherView
from wire.api_tenders import TenderView

_INDENT: Final = 2
_SPENT: Final = frozenset({ReasonCode.LIMIT_REACHED, ReasonCode.BUDGET_USED_UP})
"""Why a rule gives nothing more, though the line may earn by others."""
_RANGE_MIN: Final = 3
"""So many numbers in a row are told as a range."""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """For whom and on which paper, and what the ticket says besides its lines.

    `rule_names`: the group's own names of its rules, by rule id and language. `balance` None: not shown.
    """

    language: str
    columns: int
    currency: str
    rule_names: Mapping[str, Mapping[str, str]]
    points_redeemed: int = 0
    redeemed_minor: int = 0
    balance: int | None = None
    country: str = ""
    """Of the shop: days are written as there."""
    total_minor: int = 0
    till_total_minor: int | None = None
    """What the till asked for, where the ticket counts another total."""


def ticket_rows(
    why: Sequence[StoredWhy],
    receipt: Receipt,
    tenders: Sequence[TenderView],
    other_minor: int,
    vouchers: Sequence[VoucherView],
) -> list[str]:
    """All that is printed: lines and totals, what stored value paid, the vouchers that the ticket gave."""
    told = (row for voucher in vouchers for row in voucher.rows)
    return [*receipt_rows(why, receipt), *tender_rows(tenders, other_minor, receipt), *told]


def receipt_rows(why: Sequence[StoredWhy], receipt: Receipt) -> list[str]:
    """The rows, none wider than the paper. The points of the line rows sum to the points earned."""
    language, columns = receipt.language, receipt.columns
    has_card = not any(_is_without_card(line) for line in why)
    told = [line for line in why if has_card or _has_changed(line) or kept_from(line)]
    rows = [*wrapped_words(words_of(said.TITLE, language), columns)] if told else []
    for run in _runs(told[:RECEIPT_LINES_MAX]):
        rows += _line_rows(run, receipt)
    rest = told[RECEIPT_LINES_MAX:]
    if rest:
        more = words_of(said.MORE_LINES, language).format(count=len(rest))
        rows += figured(more, _points(sum(line.points for line in rest), receipt), columns)
    if told:
        rows.append("-" * columns)
    if not has_card:
        rows += wrapped_words(words_of(said.NO_CARD, language), columns)
    return [*rows, *_totals(why, receipt, has_card=has_card)]


def voucher_rows(voucher: VoucherView, receipt: Receipt) -> list[str]:
    """What is printed of a voucher that the ticket gave: worth, who offers it, conditions, number."""
    columns = receipt.columns
    coupon = Coupon(
        name=receipt.rule_names.get(voucher.rule_id, {}).get(receipt.language, ""),
        worth=_money(voucher.worth_minor, receipt),
        last_day=date.fromisoformat(voucher.last_day),
        offered_by=voucher.offered_by,
        redeem_on=tuple(voucher.redeem_on),
        is_personal=voucher.is_personal,
    )
    rows = ["-" * columns, *heading(coupon, receipt.language, columns)]
    rows += conditions(coupon, receipt.language, columns, country=receipt.country)
    return [*rows, *wrapped(voucher.code, columns)]


def tender_rows(tenders: Sequence[TenderView], other_minor: int, receipt: Receipt) -> list[str]:
    """What stored value paid and what is left on it, then what is left to pay; nothing where none paid."""
    rows: list[str] = []
    for each in tenders:
        name = _say(said.TENDERS[each.kind], receipt)
        label = f"{name} ...{each.number_end}" if each.number_end else name
        rows += figured(label, _money(-each.amount_minor, receipt), receipt.columns)
        if each.is_empty:
            rows += indented(_say(said.TENDER_EMPTY, receipt), receipt.columns, indent=_INDENT)
        elif each.balance_minor is not None:
            left = _money(each.balance_minor, receipt)
            rows += figured(_say(said.TENDER_LEFT, receipt), left, receipt.columns, indent=_INDENT)
    if tenders:
        rows += figured(_say(said.LEFT_TO_PAY, receipt), _money(other_minor, receipt), receipt.columns)
    return rows


def _totals(why: Sequence[StoredWhy], receipt: Receipt, *, has_card: bool) -> Iterator[str]:
    """Discounts, points earned, points and money redeemed, balance."""
    columns = receipt.columns
    changed_minor = sum(each.amount_minor for line in why for each in line.reasons)
    if changed_minor:
        yield from figured(_say(said.DISCOUNTS, receipt), _money(changed_minor, receipt), columns)
    if has_card:
        earned = _points(sum(line.points for line in why), receipt)
        yield from figured(_say(said.EARNED, receipt), earned, columns)
    if receipt.points_redeemed:
        label = f"{_say(said.REDEEMED, receipt)} ({_money(-receipt.redeemed_minor, receipt)})"
        yield from figured(label, _points(-receipt.points_redeemed, receipt), columns)
    if receipt.till_total_minor is not None:
        yield from figured(_say(said.TOTAL, receipt), _money(receipt.total_minor, receipt), columns)
        yield from figured(_say(said.TILL_TOTAL, receipt), _money(receipt.till_total_minor, receipt), columns)
        yield from wrapped_words(_say(said.ASK_ABOUT_TOTAL, receipt), columns)
    if receipt.balance is not None:
        yield from figured(_say(shared.BALANCE, receipt), _points(receipt.balance, receipt), columns)


def _say(words: shared.Words, receipt: Receipt) -> str:
    return words.get(receipt.language) or words["en"]  # as `words_of`, without the call


def _points(points: int, receipt: Receipt) -> str:
    return points_of(points, receipt.language)


def _money(minor: int, receipt: Receipt) -> str:
    return f"{receipt.currency} {format_minor(minor, scale_of(receipt.currency))}"


def _is_without_card(line: StoredWhy) -> bool:
    return any(each.code == ReasonCode.MEMBER_REQUIRED for each in line.reasons)


# Lines ------------------------------------------------------------------------------------------------------


def _runs(why: Sequence[StoredWhy]) -> Iterator[list[StoredWhy]]:
    """Neighbouring lines that earned nothing, for the same reason and at an unchanged price, together."""
    run: list[StoredWhy] = []
    for line in why:
        if run and _is_quiet(line) and _is_quiet(run[-1]) and _silence(line) == _silence(run[-1]):
            run.append(line)
            continue
        if run:
            yield run
        run = [line]
    if run:
        yield run


def _is_quiet(line: StoredWhy) -> bool:
    return not line.points and not any(each.points or each.amount_minor for each in line.reasons)


def _has_changed(line: StoredWhy) -> bool:
    return any(each.amount_minor for each in line.reasons)


def _silence(line: StoredWhy) -> tuple[object, ...]:
    reason = why_nothing(line)
    told = (reason.code, reason.citation, reason.article_class) if reason else ("", "", "")
    return (told, tuple((cause, tuple(acts)) for cause, acts in _kept_rows(line).items()))


def _line_rows(run: Sequence[StoredWhy], receipt: Receipt) -> Iterator[str]:
    words = said.LINE if len(run) == 1 else said.LINES
    head = _say(words, receipt).format(numbers=numbers_of([line.line_no for line in run]))
    first = run[0]
    yield from figured(head, _points(first.points, receipt), receipt.columns)
    for each in first.in_order:
        if each.points or each.amount_minor:
            figure = _changes(each, receipt)
            yield from figured(rule_name(each, receipt), figure, receipt.columns, indent=_INDENT)
    nothing = None if first.points else why_nothing(first)
    for each in first.in_order:
        if each.code in _SPENT and not (each.points or each.amount_minor) and each != nothing:
            yield from indented(_spent(each, receipt), receipt.columns, indent=_INDENT)
    if not first.points and (nothing is None or nothing.kept_act is None):
        yield from indented(_nothing(nothing, receipt), receipt.columns, indent=_INDENT)
    for cause, acts in _kept_rows(first).items():
        yield from indented(_kept(cause, acts, receipt), receipt.columns, indent=_INDENT)


def _spent(reason: StoredReason, receipt: Receipt) -> str:
    """A rule that gives nothing more: its name, as its group calls it, and why."""
    why = _say(said.WHY[reason.code], receipt)
    name = receipt.rule_names.get(reason.rule_id, {}).get(receipt.language)
    return why[0].upper() + why[1:] if name is None else _say(said.CITED, receipt).format(why=name, law=why)


def numbers_of(line_nos: Sequence[int]) -> str:
    """Line numbers as people write them: `3, 5-9`."""
    ranges: list[list[int]] = []
    for number in line_nos:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) >= _RANGE_MIN else ", ".join(map(str, run)) for run in ranges
    )


def rule_name(reason: StoredReason, receipt: Receipt) -> str:
    """The rule as its group calls it, or by what it does; a multiplier with its factor."""
    names = receipt.rule_names.get(reason.rule_id, {})
    name = names.get(receipt.language) or _say(said.EFFECTS[reason.code], receipt)
    if reason.code == ReasonCode.MANUAL_DISCOUNT:
        return f"{name}: {reason.citation}"
    if reason.cut:  # the factor would promise what was not given
        return _say(said.CITED, receipt).format(why=name, law=_say(said.WHY[reason.cut], receipt))
    if not reason.times_bp:
        return name
    whole, rest = divmod(reason.times_bp, RATE_BP_MAX)
    times = f"{whole}.{rest:04}".rstrip("0").rstrip(".")
    return _say(said.TIMES, receipt).format(rule=name, times=times)


def _changes(reason: StoredReason, receipt: Receipt) -> str:
    if reason.points:
        return f"{reason.points:+}"
    text = format_minor(reason.amount_minor, scale_of(receipt.currency))
    return text if reason.amount_minor < 0 else f"+{text}"


def _nothing(reason: StoredReason | None, receipt: Receipt) -> str:
    """Why a line earned nothing, where it is not kept from earning."""
    why = said.NO_RULE if reason is None else said.WHY.get(reason.cut or reason.code, said.TOO_LITTLE)
    return _say(said.NOTHING, receipt).format(why=_say(why, receipt))


# What is kept from a line -----------------------------------------------------------------------------------

_Cause = tuple[str, str, str]
"""A reason's code, its citation, and the legal class it judged."""


def kept_from(line: StoredWhy) -> list[StoredReason]:
    """What a rule would have brought, besides points, and the law or a restriction kept from the line."""
    return [each for each in line.reasons if each.kept_act not in (None, LegalAct.EARN)]


def _kept_rows(line: StoredWhy) -> dict[_Cause, list[str]]:
    """What was kept from the line, by the cause: one row each."""
    rows: dict[_Cause, list[str]] = {}
    for each in line.reasons:
        if each.kept_act is None:
            continue
        is_bound = each.code == ReasonCode.PRODUCT_BOUND
        act = each.code if is_bound else each.kept_act.value
        code = VerdictCode.DENIED_BY_LAW.value if is_bound else each.code
        acts = rows.setdefault((code, each.citation, each.article_class), [])
        if act not in acts:
            acts.append(act)
    return {cause: sorted(acts, key=list(said.KEPT).index) for cause, acts in rows.items()}


def _kept(cause: _Cause, acts: Sequence[str], receipt: Receipt) -> str:
    """What a line does not get and why: its legal class and the law where the law is the reason."""
    code, citation, article_class = cause
    what = _say(shared.COMMA, receipt).join(_say(said.KEPT[act], receipt) for act in acts)
    text = _say(said.BECAUSE, receipt).format(what=what, why=_say(said.WHY[code], receipt))
    if article_class:
        name = _say(shared.CLASSES[ArticleClass(article_class)], receipt)
        text = _say(said.OF_CLASS, receipt).format(what=name, why=text)
    else:
        text = text[0].upper() + text[1:]
    law = law_name(citation, receipt.language)
    return _say(said.CITED, receipt).format(why=text, law=law) if law else text
