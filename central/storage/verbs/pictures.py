"""Posters and pictures: a poster and its files are put together; a file is found by its hash."""

from collections.abc import Sequence

from central.storage.interface.common import Change, GuardFailed
from central.storage.interface.pictures import PictureHead, PictureRow, PosterRow
from central.storage.interface.rows import GroupRow
from central.storage.unit import Snapshot, Unit, bindings_of, row_of

_FIND = "SELECT body FROM poster WHERE group_id = :group_id AND poster_id = :poster_id"
_COUNT = "SELECT count(*) FROM poster WHERE group_id = :group_id"
_PUT = """
INSERT INTO poster (group_id, poster_id, body, changed_ms) VALUES (:group_id, :poster_id, :body, :changed_ms)
ON CONFLICT (group_id, poster_id) DO UPDATE SET body = excluded.body, changed_ms = excluded.changed_ms
"""
_REMOVE = "DELETE FROM poster WHERE group_id = :group_id AND poster_id = :poster_id"
_ALL = """
SELECT group_id, poster_id, body, changed_ms FROM poster WHERE group_id = :group_id ORDER BY poster_id
"""
_ALL_HEADS = """
SELECT used_by, size, sha256, width, height, length(content) FROM picture WHERE group_id = :group_id
ORDER BY used_by, size
"""
_HASHES = """
SELECT sha256 FROM picture WHERE group_id = :group_id AND used_by = :used_by ORDER BY size
"""
_ADD_FILE = """
INSERT INTO picture (group_id, used_by, size, sha256, width, height, content)
VALUES (:group_id, :used_by, :size, :sha256, :width, :height, :content)
"""
_REMOVE_FILES = "DELETE FROM picture WHERE group_id = :group_id AND used_by = :used_by"
_FIND_FILE = """
SELECT content FROM picture WHERE group_id = :group_id AND (used_by, size) = (
    SELECT used_by, size FROM picture WHERE group_id = :group_id AND sha256 = :sha256
    ORDER BY used_by, size LIMIT 1
)
"""
"""By the index first: it has the key, and no content."""

# Settings are replaced whole: only those that were read may be, or what another changed meanwhile is lost.
_CHANGE_FACE = """
UPDATE pharmacy_group SET name = :name, settings = :settings
WHERE group_id = :group_id AND name = :name_before AND settings = :settings_before
"""

LOGO = "logo"


def put_poster(unit: Unit, row: PosterRow, pictures: Sequence[PictureRow], *, most: int) -> Change | None:
    """See `PictureStore.put_poster`."""
    stored = unit.one(_FIND, {"group_id": row.group_id, "poster_id": row.poster_id})
    if stored is None:
        if not pictures:
            raise GuardFailed(guard=f"That the poster {row.poster_id} has a picture")
        there = unit.one(_COUNT, {"group_id": row.group_id})
        if there is not None and there[0] >= most:
            return None
    has_new = _put_files(unit, row.group_id, f"poster/{row.poster_id}", pictures) if pictures else False
    if stored is not None and stored[0] == row.body and not has_new:
        return Change.UNCHANGED
    unit.run(_PUT, bindings_of(row))
    unit.add_event(row.group_id, "poster.changed", row.changed_ms, poster_id=row.poster_id)
    return Change.CREATED if stored is None else Change.CHANGED


def remove_poster(unit: Unit, group_id: str, poster_id: str, now_ms: int) -> bool:
    """See `PictureStore.remove_poster`."""
    if not unit.run(_REMOVE, {"group_id": group_id, "poster_id": poster_id}):
        return False
    unit.run(_REMOVE_FILES, {"group_id": group_id, "used_by": f"poster/{poster_id}"})
    unit.add_event(group_id, "poster.removed", now_ms, poster_id=poster_id)
    return True


def list_posters(snapshot: Snapshot, group_id: str) -> tuple[list[PosterRow], list[PictureHead]]:
    """See `PictureStore.list_posters`."""
    asked = {"group_id": group_id}
    posters = [row_of(PosterRow, row) for row in snapshot.all(_ALL, asked)]
    return posters, [row_of(PictureHead, row) for row in snapshot.all(_ALL_HEADS, asked)]


def change_face(
    unit: Unit, before: GroupRow, after: GroupRow, logo: Sequence[PictureRow] | None, now_ms: int
) -> Change:
    """See `PictureStore.change_face`."""
    bindings = {
        "group_id": before.group_id,
        "name_before": before.name,
        "settings_before": before.settings,
        "name": after.name,
        "settings": after.settings,
    }
    if not unit.run(_CHANGE_FACE, bindings):
        raise GuardFailed(guard="What was read of the group's name and settings")
    has_new = False if logo is None else _put_files(unit, before.group_id, LOGO, logo)
    if (after.name, after.settings) == (before.name, before.settings) and not has_new:
        return Change.UNCHANGED
    unit.add_event(before.group_id, "group.changed", now_ms, group_id=before.group_id)
    return Change.CHANGED


def find_picture(snapshot: Snapshot, group_id: str, sha256: str) -> bytes | None:
    """See `PictureStore.find_picture`."""
    found = snapshot.one(_FIND_FILE, {"group_id": group_id, "sha256": sha256})
    return None if found is None else bytes(found[0])


def _put_files(unit: Unit, group_id: str, used_by: str, pictures: Sequence[PictureRow]) -> bool:
    """Put these in the place of those that are there; whether they are others."""
    key = {"group_id": group_id, "used_by": used_by}
    ordered = sorted(pictures, key=lambda each: each.size)
    if [row[0] for row in unit.all(_HASHES, key)] == [each.sha256 for each in ordered]:
        return False
    unit.run(_REMOVE_FILES, key)
    unit.run_each(_ADD_FILE, [bindings_of(each, **key) for each in ordered])
    return True
