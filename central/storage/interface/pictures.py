"""The storage interface for pictures: posters of the attract screen, the group's logo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Change
from central.storage.interface.rows import GroupRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterRow:
    """A poster's words, days and hours as one JSON document."""

    group_id: str
    poster_id: str
    body: str
    changed_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureHead:
    """A file of a picture without its content: whose it is (`poster/<id>`, `logo`), and how large."""

    used_by: str
    size: str
    sha256: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRow:
    """A file of a picture."""

    size: str
    sha256: str
    width: int
    height: int
    content: bytes


class PictureStore(Protocol):
    """Verbs on posters and pictures; same promises as `Store`."""

    async def put_poster(self, row: PosterRow, pictures: Sequence[PictureRow], *, most: int) -> Change | None:
        """Put a poster; without `pictures` its own stay. None: the group has `most` posters.

        Raises: GuardFailed: it has no picture yet, and none was given.
        """
        ...

    async def remove_poster(self, group_id: str, poster_id: str, now_ms: int) -> bool:
        """Take a poster and its pictures away; whether there was one."""
        ...

    async def list_posters(self, group_id: str) -> tuple[Sequence[PosterRow], Sequence[PictureHead]]:
        """All posters of a group and the heads of all its pictures."""
        ...

    async def change_face(
        self, before: GroupRow, after: GroupRow, logo: Sequence[PictureRow] | None, now_ms: int
    ) -> Change:
        """Change a group's name and settings, and its logo's files unless `logo` is None: all or nothing.

        Raises: GuardFailed: name or settings are not those of `before` any more (nothing written).
        """
        ...

    async def find_picture(self, group_id: str, sha256: str) -> bytes | None:
        """The file of that hash."""
        ...
