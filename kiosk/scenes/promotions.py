"""Moments of today's offers."""

from typing import Final

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, Told, Touched
from kiosk.scenes.base import Scene, scene, touch, visit, way_to
from kiosk.scenes.demo import a_member
from wire.message_base import Language
from wire.promotions import Because, Promotion, PromotionsTold

QUESTION: Final = "session-1.1"


def _named(fr: str, de: str, it: str, en: str, zh: str) -> dict[str, str]:
    return {"fr": fr, "de": de, "it": it, "en": en, "zh": zh}


SUN: Final = _named(
    "10 % sur les soins solaires",
    "10 % auf Sonnenpflege",
    "10 % sulla cura solare",
    "10% off sun care",
    "防晒护理 9 折",
)
DOUBLE: Final = _named(
    "Points doublés la semaine de votre anniversaire",
    "Doppelte Punkte in Ihrer Geburtstagswoche",
    "Punti doppi nella settimana del compleanno",
    "Double points in the week of your birthday",
    "生日当周双倍积分",
)
POINT: Final = _named(
    "1 point par franc", "1 Punkt pro Franken", "1 punto per franco", "1 point per franc", "每 1 瑞郎积 1 分"
)
BABY: Final = _named(
    "Conseil bébé offert avec votre commande",
    "Babyberatung zu Ihrer Bestellung",
    "Consulenza bebè con l’ordine",
    "Baby advice with your order",
    "订购即享婴儿护理咨询",
)
OFFERS: Final = PromotionsTold(
    request_id=QUESTION,
    promotions=(
        Promotion(names=SUN, because=("tier",), last_day="2026-11-28"),
        Promotion(names=DOUBLE, because=("birthday", "tier"), last_day="2026-12-31"),
        Promotion(names=BABY, because=("chosen",)),
        Promotion(names=POINT),
    ),
)


def opened(language: Language, *then: AnyEvent, told: PromotionsTold = OFFERS) -> list[AnyEvent]:
    """The offers are on the screen."""
    events = [*visit(a_member(language=language)), *touch(*way_to(Action.PROMOTIONS))]
    return [*events, Told(now_ms=2600, answer=told), *then]


_EVERY: Final[tuple[Because, ...]] = (
    "family_birthday", "age", "purchases", "points", "new", "back", "sponsored", "home_shop",
)  # fmt: skip


def _each(first: int, language: Language) -> list[AnyEvent]:
    offers = tuple(
        Promotion(names=DOUBLE, because=(word,), last_day="2027-09-30") for word in _EVERY[first : first + 3]
    )
    return opened(language, told=PromotionsTold(request_id=QUESTION, promotions=offers))


def _line_down(language: Language) -> list[AnyEvent]:
    """Nothing was told, and nothing can be asked yet."""
    events = opened(language, told=PromotionsTold(request_id=QUESTION, trouble="central_unreachable"))
    known = next(each.state for each in reversed(events) if isinstance(each, AgentChanged))
    cut = msgspec.structs.replace(known, revision=known.revision + 1, link="down")
    return [*events, AgentChanged(now_ms=2_800, state=cut)]


SCENES: Final[tuple[Scene, ...]] = (
    scene("promotions", opened),
    scene("promotions_later", lambda lang: opened(lang, Touched(now_ms=2700, action=Action.OLDER))),
    scene("promotions_reasons", lambda lang: _each(0, lang)),
    scene("promotions_more_reasons", lambda lang: _each(3, lang)),
    scene("promotions_last_reasons", lambda lang: _each(6, lang)),
    scene("promotions_waiting", lambda lang: opened(lang)[:-1], 1_000),
    scene("promotions_none", lambda lang: opened(lang, told=PromotionsTold(request_id=QUESTION))),
    scene(
        "promotions_central_away",
        lambda lang: opened(lang, told=PromotionsTold(request_id=QUESTION, trouble="central_unreachable")),
    ),
    scene("promotions_line_down", _line_down),
)
