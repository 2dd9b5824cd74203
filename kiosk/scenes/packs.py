"""Moments of a scanned pack: how to, what it is and costs, and what is not known."""

from typing import Any, Final

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, CardSeen, Told, Touched
from kiosk.flow.state import DIGITS
from kiosk.scenes.base import Scene, idle, scene, touch, visit, way_to
from kiosk.scenes.demo import a_member, at
from wire.message_base import Language
from wire.packs import PackReason, PackTold

CODE: Final = "7612345678900"
_DIGITS: Final = {digit: action for action, digit in DIGITS.items()}

SUN_NAMES: Final = {
    "fr": "10 % sur les solaires",
    "de": "10 % auf Sonnenschutz",
    "it": "10 % sui solari",
    "en": "10% off sun care",
    "zh": "防晒产品九折",
}
BASE_NAMES: Final = {
    "fr": "1 point par franc",
    "de": "1 Punkt pro Franken",
    "it": "1 punto per franco",
    "en": "1 point per franc",
    "zh": "每法郎1积分",
}
TEXTS: Final[dict[Language, str]] = {
    "fr": "Bien agiter. Appliquer généreusement 20 minutes avant le soleil, renouveler aux deux heures.",
    "de": "Gut schütteln. Grosszügig auftragen, 20 Minuten vor der Sonne; alle zwei Stunden wiederholen.",
    "it": "Agitare bene. Applicare in abbondanza 20 minuti prima del sole, ripetere ogni due ore.",
    "en": "Shake well. Apply generously 20 minutes before going into the sun; again every two hours.",
    "zh": "使用前摇匀。日晒前20分钟足量涂抹，每两小时补涂一次。",
}
_REASONS: Final = (
    PackReason(code="percent_off", amount_minor=-199, names=SUN_NAMES),
    PackReason(code="points_per_amount", points=17, names=BASE_NAMES),
)
_FULL: Final[dict[str, Any]] = {
    "is_known": True,
    "name": "Crème solaire visage SPF 50+, tube de 50 ml",
    "price_minor": 1990,
    "total_minor": 1791,
    "points": 17,
    "reasons": _REASONS,
    "texts": TEXTS,
    "stock": 12,
    "stock_ms": at(11, 22, 9),
}


def _answer(request_id: str, **told: Any) -> Told:
    return Told(now_ms=3_000, answer=PackTold(request_id=request_id, **told))


def _visitor(*more: AnyEvent) -> list[AnyEvent]:
    return [*idle(), *touch(Action.VISITOR_MENU, Action.CHOOSE_2), *more]


def _member(language: Language, *more: AnyEvent) -> list[AnyEvent]:
    return [*visit(a_member(language=language)), *touch(*way_to(Action.PACKS)), *more]


def _scan() -> AnyEvent:
    return CardSeen(now_ms=2_900, tap_id="scan-1", medium="barcode", code=CODE)


def _typed(number: str) -> list[AnyEvent]:
    return [Touched(now_ms=2_400 + 10 * place, action=_DIGITS[digit]) for place, digit in enumerate(number)]


def _of_member(scene_name: str, /, **told: Any) -> Scene:
    return scene(scene_name, lambda lang: _member(lang, _scan(), _answer("session-1.1", **told)))


def _of_visitor(scene_name: str, /, **told: Any) -> Scene:
    return scene(scene_name, lambda _: _visitor(_scan(), _answer("visitor.1", **told)))


SCENES: Final[tuple[Scene, ...]] = (
    scene("pack_scan", _member),
    scene("visitor_pack_scan", lambda _: _visitor()),
    scene("pack_typed", lambda _: _visitor(*_typed("7612345"))),
    scene(
        "pack_mistyped",
        lambda _: _visitor(*_typed("7612345678901"), Touched(now_ms=2_800, action=Action.LOOK_UP)),
    ),
    scene("pack_asked", lambda _: _visitor(_scan()), 3_000),
    _of_visitor("pack_unknown"),
    _of_visitor("pack_unknown_here", as_of_ms=at(11, 22, 9)),
    _of_visitor("pack_central_away", trouble="central_unreachable"),
    _of_member("pack_not_here", trouble="not_here"),
    _of_member("pack", **_FULL),
    _of_member("pack_few", **_FULL | {"stock": 2}),
    _of_member("pack_ordered", **_FULL | {"stock": 0, "texts": {}}),
    _of_member(
        "pack_private",
        is_known=True,
        is_named=False,
        price_minor=2500,
        total_minor=2500,
        nothing="law",
        stock=4,
        stock_ms=at(11, 20, 9),
    ),
    _of_member(
        "pack_private_offer",
        is_known=True,
        is_named=False,
        price_minor=2500,
        total_minor=2250,
        points=22,
        reasons=(PackReason(code="all", amount_minor=-250, points=22),),
    ),
    _of_member("pack_without_price", is_known=True, name="Compresses stériles 10 × 10 cm"),
    _of_member(
        "pack_away",
        is_known=True,
        price_minor=1990,
        total_minor=1990,
        points=19,
        reasons=(PackReason(code="points_per_amount", points=19, names=BASE_NAMES),),
        as_of_ms=at(11, 22, 8),
    ),
    _of_visitor("visitor_pack", **_FULL | {"total_minor": 1990, "points": 0, "reasons": (), "nothing": ""}),
    _of_visitor("visitor_pack_offer", **_FULL | {"points": 0, "reasons": _REASONS[:1]}),
    _of_member(
        "pack_much",
        **_FULL
        | {
            "reasons": (
                *_REASONS,
                PackReason(code="points_fixed", points=50),
                PackReason(code="rest", amount_minor=-120, points=8),
            )
        },
    ),
)
