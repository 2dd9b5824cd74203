"""Moments of my pharmacist: the person, the choice, a message to them."""

from typing import Final

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, Told, Touched
from kiosk.scenes.base import Scene, scene, touch, type_text, visit, way_to
from kiosk.scenes.demo import a_member
from kiosk.scenes.shops import SHOPS
from wire.message_base import UsualTrouble
from wire.messages import CommandResult, Language
from wire.pharmacist import Pharmacist, PharmacistTold

ANNE: Final = Pharmacist(staff_id="s-7", name="Anne-Catherine Rochat", title="pharmacist", shop=SHOPS[0])
OTHERS: Final = (
    Pharmacist(staff_id="s-8", name="Marco Bernasconi", title="pharmacist", shop=SHOPS[0]),
    Pharmacist(staff_id="s-9", name="Li Wei", title="assistant", shop=SHOPS[0]),
    Pharmacist(
        staff_id="s-10", name="Marie-Antoinette von Grafenried-Bernasconi", title="pharmacist", shop=SHOPS[1]
    ),
    Pharmacist(staff_id="s-11", name="Jürg Meier", title="assistant", shop=SHOPS[1]),
    Pharmacist(staff_id="s-12", name="Chiara Fontana", title="pharmacist", shop=SHOPS[1]),
    Pharmacist(staff_id="s-13", name="Noé Favre", title="assistant", shop=SHOPS[1]),
)


def _opened(language: Language) -> list[AnyEvent]:
    return [*visit(a_member(language=language)), *touch(*way_to(Action.MY_PHARMACIST))]


def _told(
    number: int,
    now_ms: int,
    mine: Pharmacist | None = None,
    others: tuple[Pharmacist, ...] = OTHERS,
    trouble: UsualTrouble = "",
) -> Told:
    told = PharmacistTold(request_id=f"session-1.{number}", mine=mine, others=others, trouble=trouble)
    return Told(now_ms=now_ms, answer=told)


def _shown(language: Language, *then: AnyEvent) -> list[AnyEvent]:
    return [*_opened(language), _told(1, 2_700, ANNE), *then]


def _at(now_ms: int, action: Action) -> Touched:
    return Touched(now_ms=now_ms, action=action)


def _writing(language: Language, text: str) -> list[AnyEvent]:
    opened = _shown(language, _at(2_800, Action.SHOP_MESSAGE), _at(2_900, Action.CHOOSE_5))
    return [*opened, *type_text(opened, text)]


SCENES: Final[tuple[Scene, ...]] = (
    scene("pharmacist_waiting", _opened, 1_000),
    scene("pharmacist", _shown),
    scene("pharmacist_alone", lambda lang: [*_opened(lang), _told(1, 2_700, OTHERS[2], ())]),
    scene("pharmacist_nobody", lambda lang: [*_opened(lang), _told(1, 2_700, None, ())]),
    scene("pharmacist_first_choice", lambda lang: [*_opened(lang), _told(1, 2_700)]),
    scene("pharmacist_choice", lambda lang: _shown(lang, _at(2_800, Action.CHANGE))),
    scene(
        "pharmacist_choice_failed",
        lambda lang: _shown(
            lang,
            _at(2_800, Action.CHANGE),
            _at(2_900, Action.CHOOSE_2),
            _told(2, 3_000, None, (), "changed"),
        ),
    ),
    scene("pharmacist_away", lambda lang: [*_opened(lang), _told(1, 2_700, None, (), "central_unreachable")]),
    scene("pharmacist_message", lambda lang: _shown(lang, _at(2_800, Action.SHOP_MESSAGE))),
    scene("pharmacist_message_typed", lambda lang: _writing(lang, "Bonjour, merci!")),
    scene(
        "pharmacist_message_sent",
        lambda lang: _shown(
            lang,
            _at(2_800, Action.SHOP_MESSAGE),
            _at(2_900, Action.CHOOSE_1),
            Told(now_ms=3_000, answer=CommandResult(request_id="session-1.2", is_done=True)),
        ),
    ),
)
