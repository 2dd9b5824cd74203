"""Moments of the message to the pharmacy."""

from typing import Final

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, Told, Touched
from kiosk.scenes.base import Scene, scene, touch, type_text, visit, way_to
from kiosk.scenes.demo import a_member
from wire.messages import CommandResult, Language


def _opened(language: Language) -> list[AnyEvent]:
    return [*visit(a_member(language=language)), *touch(*way_to(Action.SHOP_MESSAGE))]


def _chosen(language: Language, *, is_done: bool) -> list[AnyEvent]:
    answer = CommandResult(request_id="session-1.1", is_done=is_done)
    touched = Touched(now_ms=2_500, action=Action.CHOOSE_1)
    return [*_opened(language), touched, Told(now_ms=2_600, answer=answer)]


def _writing(language: Language, text: str = "") -> list[AnyEvent]:
    opened = _opened(language)
    return [*opened, _WRITE, *type_text([*opened, _WRITE], text)]


def _key(action: Action) -> Touched:
    return Touched(now_ms=20_000, action=action)


def _written(language: Language, *, is_done: bool) -> list[AnyEvent]:
    answer = CommandResult(request_id="session-1.1", is_done=is_done)
    send = Touched(now_ms=20_000, action=Action.SEND)
    return [*_writing(language, "Merci"), send, Told(now_ms=20_100, answer=answer)]


_WRITE: Final = Touched(now_ms=2_500, action=Action.CHOOSE_5)
TEXT: Final = "Bonjour, je viens jeudi vers 17 h avec ma fille. Merci!"

SCENES: Final[tuple[Scene, ...]] = (
    scene("shop_message", _opened),
    scene("shop_message_sent", lambda lang: _chosen(lang, is_done=True)),
    scene("shop_message_failed", lambda lang: _chosen(lang, is_done=False)),
    scene("shop_write", _writing),
    scene("shop_write_typed", lambda lang: _writing(lang, TEXT)),
    scene("shop_write_accents", lambda lang: [*_writing(lang, "Gar"), _key(Action.KEY_ACCENTS)]),
    scene("shop_write_figures", lambda lang: [*_writing(lang, "Rue 1"), _key(Action.KEY_FIGURES)]),
    scene("shop_write_sent", lambda lang: _written(lang, is_done=True)),
    scene("shop_write_failed", lambda lang: _written(lang, is_done=False)),
)
