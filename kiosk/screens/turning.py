"""The buttons that turn the pages of a list: the same words in every menu and list."""

from kiosk.flow.state import Action
from kiosk.locales.words import Words
from kiosk.widgets.controls import Button


def pages_of(count: int, per_page: int) -> int:
    """How many pages so many rows take; one at least."""
    return max(1, -(-count // per_page))


def turning(
    words: Words, *, number: int, pages: int, is_round: bool = False, is_enabled: bool = True
) -> list[Button]:
    """Back where there is a page before, and on where there is one after: which it is, of how many.

    Args:
        number: the page that is shown, from 0.
        is_round: after the last page comes the first again, and there is no way back.
    """
    buttons = []
    if number > 0 and not is_round:
        buttons.append(
            Button(action=Action.NEWER, label=words.tr("Previous"), icon="newer", is_enabled=is_enabled)
        )
    if number + 1 < pages or (is_round and pages > 1):
        shown, all_pages = words.number(number + 1), words.number(pages)
        # Short, and never broken before its figures: in large type it stands beside three others.
        label = words.tr("Next\u00a0{number}/{pages}", number=shown, pages=all_pages)
        buttons.append(Button(action=Action.OLDER, label=label, icon="older", is_enabled=is_enabled))
    return buttons
