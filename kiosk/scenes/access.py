"""Moments of the panel that says how the screen is shown."""

from typing import Final

from kiosk.flow import Action
from kiosk.scenes.base import Scene, idle, scene, touch, visit
from kiosk.scenes.demo import a_member

SCENES: Final[tuple[Scene, ...]] = (
    scene("access", lambda _: [*idle(), *touch(Action.ACCESS)]),
    scene(
        "access_chosen",
        lambda lang: [
            *visit(a_member(language=lang)),
            *touch(Action.ACCESS, Action.MODE_SLOW, Action.MODE_CALM),
        ],
    ),
)
