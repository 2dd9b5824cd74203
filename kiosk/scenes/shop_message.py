"""Moments of the message to the pharmacy."""

from typing import Final

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, Told, Touched
from kiosk.scenes.base import Scene, scene, touch, visit, way_to
from kiosk.scenes.demo import a_member
from wire.messages import CommandResult, Language


def _opened(language: Language) -> list[AnyEvent]:
    return [*visit(a_member(language=language)), *touch(*way_to(Action.SHOP_MESSAGE))]


def _chosen(language: Language, *, is_done: bool) -> list[AnyEvent]:
    answer = CommandResult(request_id="session-1.1", is_done=is_done)
    touched = Touched(now_ms=2_500, action=Action.CHOOSE_1)
    return [*_opened(language), touched, Told(now_ms=2_600, answer=answer)]


SCENES: Final[tuple[Scene, ...]] = (
    scene("shop_message", _opened),
    scene("shop_message_sent", lambda lang: _chosen(lang, is_done=True)),
    scene("shop_message_failed", lambda lang: _chosen(lang, is_done=False)),
)
