"""Posters and the logo on this terminal's disk: fetched by hash, whole or not at all, told while they hang.

A file bears its hash as its name and is written beside and renamed; at each start all are read and compared,
and what is not what its name says is thrown away. What no poster names any more is removed, so that the
pictures stay within `PICTURES_DISK_BYTES_MAX`.
"""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final, get_args

import apsw
import msgspec
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.pictures import (
    PICTURES_DISK_BYTES_MAX,
    PICTURES_FETCH_S,
    PICTURES_SWEEP_S,
    PICTURES_TIMEOUT_S,
    POSTERS_TOLD_MAX,
)
from terminal.central_link import CentralLink
from terminal.clock import Clock, TrustedTime, zone_of
from terminal.till_store import TillStore
from wire.api_posters import PosterListView, PosterView
from wire.face import Poster
from wire.files import replace_file
from wire.message_base import Language

log = structlog.get_logger(__name__)

_KEPT: Final = "posters"
_LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_FILE_MODE: Final = 0o640
"""The kiosk is in this program's group."""
_FOLDER_MODE: Final = 0o750


class GroupPictures:
    """Posters, and the file of the logo. `on_change` hears when others are to be shown.

    `logo`: the hash of the group's logo as central last said; empty: none.
    """

    def __init__(
        self,
        folder: Path,
        store: TillStore,
        link: CentralLink,
        *,
        clock: Clock,
        trusted: TrustedTime,
        logo: Callable[[], str],
        time_zone: Callable[[], str],
        on_change: Callable[[], None],
    ) -> None:
        self.folder = folder
        self._store = store
        self._link = link
        self._clock = clock
        self._trusted = trusted
        self._logo = logo
        self._time_zone = time_zone
        self._on_change = on_change
        self._view = PosterListView(posters=[])
        self._there: dict[str, int] = {}
        """Files that are whole, by hash, with their length."""
        self._wanted = asyncio.Event()
        self._logo_file: tuple[str, bytes] = ("", b"")
        self._zone: tuple[str, tzinfo] = ("UTC", UTC)

    async def load(self) -> None:
        """Take what the last run kept, and look at every file of it."""
        await self._know_zone()
        try:
            self._there = await asyncio.to_thread(_whole_files, self.folder)
        except OSError as error:  # a shop without pictures goes on
            log.warning("pictures_unusable", reason=str(error))
        kept = await self._store.find_kept(_KEPT)
        if kept is None:
            return
        try:
            self._view = msgspec.json.decode(kept, type=PosterListView)
        except msgspec.DecodeError as error:  # of another release: they are fetched again
            log.info("posters_forgotten", reason=str(error))

    @property
    def logo(self) -> str:
        """The hash of the logo, once its file is there."""
        wanted = self._logo()
        return wanted if wanted in self._there else ""

    @property
    def logo_file(self) -> bytes:
        """The logo's file, for paper; empty: none."""
        return self._logo_file[1] if self._logo_file[0] == self.logo else b""

    @property
    def posters(self) -> tuple[Poster, ...]:
        """What hangs today or tomorrow with a whole picture, the first to end first.

        A clock that was set back shows nothing again that was over when central last told the time.
        """
        latest_ms = max(self._clock(), self._trusted.earliest_ms())
        day = datetime.fromtimestamp(latest_ms / 1000, self._zone[1]).date()
        hang = [poster for view in self._view.posters if (poster := self._poster(view, day)) is not None]
        return tuple(hang[:POSTERS_TOLD_MAX])

    def want(self) -> None:
        """Central is back, or the group has another face: look again."""
        self._wanted.set()

    async def run(self) -> None:
        """Fetch while central is there; tell in between which posters are over."""
        looked_s = 0.0
        while True:
            if self._link.state == "up" and (self._wanted.is_set() or looked_s >= PICTURES_FETCH_S):
                self._wanted.clear()
                looked_s = 0.0
                await self._fetch()
            await self._know_zone()
            await self._read_logo()
            self._on_change()  # the day or the hour may be another; the same state is not sent again
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PICTURES_SWEEP_S):
                    await self._wanted.wait()
                    await self._link.wait_up()
            looked_s += PICTURES_SWEEP_S

    async def _read_logo(self) -> None:
        sha256 = self.logo
        if sha256 == self._logo_file[0]:
            return
        try:
            content = await asyncio.to_thread((self.folder / sha256).read_bytes) if sha256 else b""
        except OSError as error:
            log.warning("logo_unreadable", reason=str(error))
            content = b""
        self._logo_file = sha256, content

    async def _know_zone(self) -> None:
        """The shop's time zone; its file is read off the loop."""
        name = self._time_zone()
        if name != self._zone[0]:
            self._zone = name, await asyncio.to_thread(zone_of, name)

    async def _fetch(self) -> None:
        try:
            view = await self._link.call("GET", "/posters", None, PosterListView, PICTURES_TIMEOUT_S)
            await self._fetch_files(view)
            if view != self._view:
                self._view = view
                await self._store.keep(_KEPT, msgspec.json.encode(view))
        except (LoyaltyError, apsw.Error, OSError) as error:
            log.info("pictures_not_fetched", reason=str(error))

    async def _fetch_files(self, view: PosterListView) -> None:
        """Remove what nothing names any more, then fetch what is missing, the logo first."""
        named = [picture.sha256 for poster in view.posters for picture in poster.pictures]
        wanted = list(dict.fromkeys([*filter(None, [self._logo()]), *named]))
        shown = {picture.sha256 for poster in self._view.posters for picture in poster.pictures}
        await asyncio.to_thread(_remove, self.folder, set(self._there) - set(wanted) - shown)
        self._there = {name: size for name, size in self._there.items() if name in wanted or name in shown}
        for sha256 in wanted:
            if sha256 in self._there or not _HASH.fullmatch(sha256):
                continue
            content = await self._link.fetch_file(f"/pictures/{sha256}", PICTURES_TIMEOUT_S)
            if hashlib.sha256(content).hexdigest() != sha256:
                log.warning("picture_is_another", sha256=sha256)
                continue
            if sum(self._there.values()) + len(content) > PICTURES_DISK_BYTES_MAX:
                log.warning("pictures_take_too_much", bytes_max=PICTURES_DISK_BYTES_MAX)
                return
            await asyncio.to_thread(_write, self.folder, sha256, content)
            self._there[sha256] = len(content)
            self._on_change()

    def _poster(self, view: PosterView, day: date) -> Poster | None:
        """As the kiosk is told it; None where it does not hang, or not all of it is there."""
        files = {picture.size: picture.sha256 for picture in view.pictures}
        small, large = files.get("small", ""), files.get("large", "")
        is_whole = small in self._there and large in self._there
        is_near = view.from_day <= (day + timedelta(days=1)).isoformat() and view.to_day >= day.isoformat()
        if not (is_whole and is_near):
            return None
        return Poster(
            poster_id=view.poster_id,
            titles=_texts(view.titles),
            texts=_texts(view.texts),
            aloud=_texts(view.aloud),
            from_day=view.from_day,
            to_day=view.to_day,
            week=tuple(view.week),
            small=small,
            large=large,
        )


def _texts(texts: dict[str, str]) -> dict[Language, str]:
    return {language: texts[language] for language in _LANGUAGES if language in texts}


def _whole_files(folder: Path) -> dict[str, int]:
    """Files that are what their names say, with their length; all others are removed."""
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    whole: dict[str, int] = {}
    for path in folder.iterdir():
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() == path.name:
            whole[path.name] = len(content)
        elif path.is_file():
            log.info("picture_removed", name=path.name[:80])
            path.unlink(missing_ok=True)
    return whole


def _write(folder: Path, sha256: str, content: bytes) -> None:
    replace_file(folder / sha256, content, _FILE_MODE)


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)
