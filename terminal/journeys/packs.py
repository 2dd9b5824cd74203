"""A pack was scanned or its number typed: central is asked; away from it, the terminal's own prices tell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from loyalty.limits.shops import ARTICLE_TEXT_CHARS_MAX, PACK_REASONS_MAX
from loyalty.limits.texts import NAME_CHARS_MAX
from loyalty.programme.articles import NAMED_WITHOUT_PIN
from terminal.journeys.base import Answering, Parts, Untold
from terminal.offline.pricing import quote
from terminal.session import CardSession
from wire.api import EvidenceBody
from wire.api_packs import ALL_RULES, AskPackBody, PackView
from wire.api_sales import BasketBody, LineBody
from wire.messages import Answer, Language
from wire.packs import AskPack, PackReason, PackTold

REST: Final = "rest"
_UNKNOWN: Final = "article_not_found"
_LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gave:
    """What one rule gave."""

    rule_id: str
    code: str
    amount_minor: int
    points: int


class Packs:
    """Asks, and says what came."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def tell(self, asked: AskPack) -> Sequence[Answer]:
        """What the pack is and costs; in a cut what the bundle knows of it."""
        card = self._parts.session(asked.session_id) if asked.session_id else None
        if asked.session_id and card is None:
            return ()
        if card is not None and card.profile is None:  # staff: nobody's own price
            card = None

        def body(holder: EvidenceBody | None) -> AskPackBody:
            return AskPackBody(code=asked.code, holder=holder)

        told = (
            await self._parts.ask_openly("/packs", body(None), PackView)
            if card is None
            else await self._parts.ask(card, "/packs", body=body, answer=PackView)
        )
        if not isinstance(told, Untold):
            return (self._told(asked.request_id, told),)
        if told.code == _UNKNOWN:
            return (PackTold(request_id=asked.request_id),)
        if told.trouble == "central_unreachable":
            return (await self._told_here(asked, card),)
        return (PackTold(request_id=asked.request_id, trouble=told.trouble),)

    def _told(self, request_id: str, view: PackView) -> PackTold:
        gave = [
            _Gave(rule_id=each.rule_id, code=each.code, amount_minor=each.amount_minor, points=each.points)
            for each in view.reasons
        ]
        return PackTold(
            request_id=request_id,
            is_known=True,
            name=view.name[:NAME_CHARS_MAX],
            is_named=view.is_named,
            price_minor=view.price_minor,
            total_minor=view.total_minor,
            points=view.points,
            reasons=self._reasons(gave),
            nothing=view.nothing,
            texts=_spoken(view.texts, ARTICLE_TEXT_CHARS_MAX),
            stock=view.stock.units if view.stock else None,
            stock_ms=view.stock.as_of_ms if view.stock else 0,
        )

    async def _told_here(self, asked: AskPack, card: CardSession | None) -> PackTold:
        """From the bundle: price and points, and of when they are. It has no names."""
        offline, now_ms = self._parts.offline, self._parts.clock()
        opened = offline.usable()
        if opened is None:
            return PackTold(request_id=asked.request_id, trouble="central_unreachable")
        as_of_ms = offline.state().bundle_ms
        found = opened.bundle.find(asked.code)
        if found is None:
            return PackTold(request_id=asked.request_id, as_of_ms=as_of_ms)
        price_minor = found.facts.price_minor
        line = LineBody(line_no=1, code=asked.code, quantity=1)
        basket = BasketBody(currency=opened.bundle.currency, lines=[line])
        quoted = None
        if price_minor is not None:
            quoted = await quote(opened, basket, occurred_ms=now_ms, is_member=card is not None)
        gave = [
            _Gave(rule_id=each.rule_id, code=each.code, amount_minor=each.amount_minor, points=each.points)
            for each in (quoted.lines[0].reasons if quoted else ())
            if each.amount_minor or each.points
        ]
        if card is not None and found.facts.article_class not in NAMED_WITHOUT_PIN:
            gave = _summed(gave)
        return PackTold(
            request_id=asked.request_id,
            is_known=True,
            price_minor=price_minor,
            total_minor=quoted.total_minor if quoted else None,
            points=quoted.points if quoted else 0,
            reasons=self._reasons(gave),
            as_of_ms=as_of_ms,
        )

    def _reasons(self, gave: Sequence[_Gave]) -> tuple[PackReason, ...]:
        """Few enough for a screen: the last row sums up what has no room."""
        group = self._parts.group()
        names: Mapping[str, Mapping[str, str]] = group.rule_names if group else {}
        shown = gave if len(gave) <= PACK_REASONS_MAX else gave[: PACK_REASONS_MAX - 1]
        reasons = [
            PackReason(
                code=each.code,
                amount_minor=each.amount_minor,
                points=each.points,
                names=dict(_spoken(names.get(each.rule_id, {}), NAME_CHARS_MAX).items()),
            )
            for each in shown
        ]
        return (*reasons, *_rest(gave[len(shown) :]))


def _summed(gave: Sequence[_Gave]) -> list[_Gave]:
    """As central tells it beside a card: what all rules give, and none by name, which may tell of health."""
    amount, points = sum(each.amount_minor for each in gave), sum(each.points for each in gave)
    return [_Gave(rule_id="", code=ALL_RULES, amount_minor=amount, points=points)] if gave else []


def _rest(left: Sequence[_Gave]) -> Iterable[PackReason]:
    if left:
        amount, points = sum(each.amount_minor for each in left), sum(each.points for each in left)
        yield PackReason(code=REST, amount_minor=amount, points=points)


def _spoken(texts: Mapping[str, str], most: int) -> dict[Language, str]:
    """In the languages that a kiosk speaks, bounded."""
    return {language: texts[language][:most] for language in _LANGUAGES if language in texts}


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""
    return {AskPack: Packs(parts).tell}
