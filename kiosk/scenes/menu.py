"""Moments of the menus."""

from typing import Final

from kiosk.flow import Action
from kiosk.scenes.base import Scene, idle, scene, touch, visit
from kiosk.scenes.demo import a_member

SCENES: Final[tuple[Scene, ...]] = (
    scene("menu", lambda lang: [*visit(a_member(language=lang)), *touch(Action.MENU)]),
    scene("visitor_menu", lambda _: [*idle(), *touch(Action.VISITOR_MENU)]),
)
