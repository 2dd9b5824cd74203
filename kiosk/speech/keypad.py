"""A keypad to be used without seeing: to the next target, to the one before, touch it."""

from collections.abc import Sequence
from typing import Final, Literal

import pygame

from kiosk.flow.state import Action
from kiosk.widgets.canvas import Target

Key = Literal["next", "previous", "activate"]

KEYS: Final[dict[int, Key]] = {
    pygame.K_TAB: "next",
    pygame.K_RIGHT: "next",
    pygame.K_DOWN: "next",
    pygame.K_LEFT: "previous",
    pygame.K_UP: "previous",
    pygame.K_RETURN: "activate",
    pygame.K_KP_ENTER: "activate",
    pygame.K_SPACE: "activate",
}
"""What tactile keypads for kiosks send as keyboards."""


class Keypad:
    """Which target the keys mean; none until a key is pressed on this screen."""

    def __init__(self) -> None:
        self.focused: Action | None = None

    def press(self, key: Key, targets: Sequence[Target]) -> Action | None:
        """Move among the targets of the frame, in the order they were drawn; the one to touch, if any."""
        actions = [target.action for target in targets]
        if not actions:
            self.focused = None
            return None
        at = actions.index(self.focused) if self.focused in actions else None
        if key == "activate":
            return self.focused if at is not None else None
        if at is None:
            at = 0 if key == "next" else len(actions) - 1
        else:
            at = (at + (1 if key == "next" else -1)) % len(actions)
        self.focused = actions[at]
        return None

    def leave(self) -> None:
        """Another screen: nothing is meant yet."""
        self.focused = None
