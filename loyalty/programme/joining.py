"""What two records of one person say, joined: the survivor's word first, and a no stays a no. Pure."""

from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


def joined_consent(mine: bool | None, theirs: bool | None) -> bool | None:
    """What a purpose stands at after a merge. None: never said.

    The stricter of the two current words: it is agreed to where one record says yes and none says no. Asking
    again costs a question; writing to somebody who said no once costs trust, and the law.
    """
    said = {mine, theirs} - {None}
    return None if not said else False not in said


def joined(mine: T, theirs: T) -> T:
    """The survivor's where there is one, else the duplicate's."""
    return mine or theirs


def joined_fields(
    mine: Mapping[str, T], theirs: Mapping[str, T], *, may_keep: Callable[[str], bool]
) -> dict[str, T]:
    """The survivor's own fields, and those of the duplicate that it has not and that may be kept."""
    taken = {name: value for name, value in theirs.items() if name not in mine and may_keep(name)}
    return dict(sorted({**mine, **taken}.items()))
