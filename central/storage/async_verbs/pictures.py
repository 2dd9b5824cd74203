"""The verbs of `central.storage.interface.pictures` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Change
from central.storage.interface.pictures import PictureHead, PictureRow, PosterRow
from central.storage.interface.rows import GroupRow
from central.storage.verbs import pictures as verbs


class PictureVerbs(VerbRunner):
    """See `PictureStore` of the interface; a part of `VerbStore`."""

    async def put_poster(self, row: PosterRow, pictures: Sequence[PictureRow], *, most: int) -> Change | None:
        return await self._write(verbs.put_poster, row, pictures, most=most)

    async def remove_poster(self, group_id: str, poster_id: str, now_ms: int) -> bool:
        return await self._write(verbs.remove_poster, group_id, poster_id, now_ms)

    async def list_posters(self, group_id: str) -> tuple[Sequence[PosterRow], Sequence[PictureHead]]:
        return await self._read(verbs.list_posters, group_id)

    async def change_face(
        self, before: GroupRow, after: GroupRow, logo: Sequence[PictureRow] | None, now_ms: int
    ) -> Change:
        return await self._write(verbs.change_face, before, after, logo, now_ms)

    async def find_picture(self, group_id: str, sha256: str) -> bytes | None:
        return await self._read(verbs.find_picture, group_id, sha256)
