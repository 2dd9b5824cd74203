"""Bundle and hot-list as this terminal has them: fetched while central is there, judged by their age."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import apsw
import msgspec
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.doctor import CLOCK_SKEW_WARN_S
from loyalty.limits.offline import (
    BUNDLE_AGE_MAX_S,
    BUNDLE_TIMEOUT_S,
    HOT_LIST_AGE_MAX_S,
    OFFLINE_FETCH_S,
    OFFLINE_KEEP_S,
)
from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from loyalty.pricing.offline import OFFLINE_PRICING, Bundle
from loyalty.programme.chip_numbers import is_health_card
from loyalty.programme.compliance import pack_version
from terminal.central_link import CentralLink
from terminal.clock import Clock
from terminal.database import Database
from terminal.offline.store import HotState, OfflineFiles, Pinned, hash_of
from wire import offline
from wire.messages import Evidence, OfflineState
from wire.sealed import seal

log = structlog.get_logger(__name__)

_DELTAS_MAX: Final = 1_000
"""Deltas in one fetch: with `HOT_LIST_PAGE` more than any group has cards."""


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """A bundle, ready to price with."""

    bundle: Bundle
    zone: tzinfo


class OfflineData:
    """Keeps both up to date. `on_change` hears when what the kiosk may show of them changed."""

    def __init__(
        self,
        database: Database,
        link: CentralLink,
        *,
        token: str,
        clock: Clock,
        on_change: Callable[[], None],
    ) -> None:
        self._files = OfflineFiles(database)
        self._link = link
        self._token_hash = hash_of(token)
        self._clock = clock
        self._on_change = on_change
        self._pinned: Pinned | None = None
        self._head: offline.BundleHead | None = None
        self._open: OpenBundle | None = None
        self._hot = HotState()
        self._marks: frozenset[str] = frozenset()
        self._kept_ms = 0
        self._told: OfflineState | None = None
        self.trouble = ""
        """Why the last fetch brought nothing; empty when it did."""

    @property
    def keys(self) -> offline.OfflineKeysView | None:
        """Central's public keys, once they are known."""
        return self._pinned.keys if self._pinned else None

    def seal(self, body: bytes, entry_id: str) -> bytes | None:
        """A ticket sealed to central as this entry; None before central's key is known."""
        if self._pinned is None:
            return None
        return seal(body, bytes.fromhex(self._pinned.keys.sealing_key), entry_id)

    async def load(self) -> None:
        """Take up what was kept; what came with another token is of another shop and counts for nothing."""
        kept = await self._files.read()
        if kept.pinned is None or kept.pinned.token_hash != self._token_hash:
            return
        self._pinned, self._hot, self._marks = kept.pinned, kept.hot, kept.marks
        if kept.head is not None and kept.content:
            try:
                self._open = await asyncio.to_thread(_opened, kept.head, kept.content)
                self._head = kept.head
            except LoyaltyError as error:  # of another release: a new one is fetched
                log.warning("bundle_unreadable", reason=str(error))

    async def run(self) -> None:
        """Fetch for ever, while central is there."""
        while True:
            await self._link.wait_up()
            try:
                await self.fetch()
                self.trouble = ""
            except (LoyaltyError, apsw.Error) as error:
                self.trouble = str(error)
                log.warning("offline_not_fetched", reason=str(error))
            self._tell()
            await asyncio.sleep(OFFLINE_FETCH_S)

    async def fetch(self) -> None:
        """Ask once for what is newer.

        Raises: CentralUnreachable, CentralRefused; OfflineDocumentRefused.
        """
        keys = await self._link.call("GET", "/offline/keys", None, offline.OfflineKeysView, CENTRAL_TIMEOUT_S)
        await self._pin(keys)
        await self._fetch_bundle(keys)
        await self._fetch_hot_list(keys)

    def usable(self) -> OpenBundle | None:
        """The bundle, where one may price with it: not too old, and made for this release and its law."""
        opened = self._open
        if opened is None or self._head is None:
            return None
        bundle = opened.bundle
        if bundle.pricing != OFFLINE_PRICING or bundle.pack_version != pack_version(bundle.country):
            return None
        return opened if self._is_young(self._head.as_of_ms, BUNDLE_AGE_MAX_S) else None

    def may_redeem(self) -> bool:
        """Whether value may be spent offline, as far as the list of blocked cards is young enough."""
        return self._hot.is_whole and self._is_young(self._hot.as_of_ms, HOT_LIST_AGE_MAX_S)

    def is_hot(self, evidence: Evidence, uid: str = "") -> bool:
        """Whether the card is known here as blocked, replaced or expired.

        `uid`: what the reader saw of the chip beside its message, which encrypts it.
        """
        if self._pinned is None or is_health_card(evidence.value):
            return False
        salt = self._pinned.keys.salt
        return any(offline.card_mark(salt, shown) in self._marks for shown in (evidence.value, uid) if shown)

    def state(self) -> OfflineState:
        """What the kiosk, the till and the doctor are told."""
        return OfflineState(
            bundle_number=0 if self._head is None else self._head.number,
            bundle_ms=0 if self._head is None else self._head.as_of_ms,
            is_bundle_usable=self.usable() is not None,
            hot_list_ms=self._hot.as_of_ms if self._hot.is_whole else 0,
            hot_cards=len(self._marks),
            may_redeem=self.may_redeem(),
        )

    async def _pin(self, keys: offline.OfflineKeysView) -> None:
        if self._pinned is None:
            self._pinned = Pinned(token_hash=self._token_hash, keys=keys)
            await self._files.pin(self._pinned)
            self._head = self._open = None
            self._hot, self._marks = HotState(), frozenset()
        elif self._pinned.keys != keys:
            raise offline.OfflineDocumentRefused(
                what="keys",
                why="they are not those first seen here; pair this terminal again if central's were changed",
            )

    async def _fetch_bundle(self, keys: offline.OfflineKeysView) -> None:
        have = self._head
        query = "" if have is None else f"?have={have.bundle_id}"
        path = f"/offline/bundle{query}"
        view = await self._link.call("GET", path, None, offline.BundleView, BUNDLE_TIMEOUT_S)
        offline.check(keys.signing_key, offline.BUNDLE, view.head, view.signature)
        head = msgspec.json.decode(view.head, type=offline.BundleHead)
        _require_newer(have, head)
        if have is not None and head.bundle_id == have.bundle_id:
            if head.as_of_ms <= have.as_of_ms:
                return  # an old word about the same bundle makes it no younger
            self._head = head
            if not 0 <= self._clock() - self._kept_ms < OFFLINE_KEEP_S * 1000:
                await self._files.swap_bundle(head, None)
                self._kept_ms = self._clock()
            return
        packed = offline.from_text(view.content)
        opened = await asyncio.to_thread(_opened, head, packed)
        await self._files.swap_bundle(head, packed)
        self._head, self._open, self._kept_ms = head, opened, self._clock()
        log.info("bundle_taken", number=head.number, articles=len(opened.bundle.articles))

    async def _fetch_hot_list(self, keys: offline.OfflineKeysView) -> None:
        for _ in range(_DELTAS_MAX):
            path = f"/offline/hot-list?after={self._hot.seq}"
            view = await self._link.call("GET", path, None, offline.HotListView, CENTRAL_TIMEOUT_S)
            offline.check(keys.signing_key, offline.HOT_LIST, view.delta, view.signature)
            delta = msgspec.json.decode(view.delta, type=offline.HotDelta)
            await self._follow(delta)
            if delta.is_last:
                return

    async def _follow(self, delta: offline.HotDelta) -> None:
        """Apply a delta that begins where the list ends here, or at its beginning; nothing else."""
        anew = delta.from_seq == 0
        if not anew and delta.from_seq != self._hot.seq:
            raise offline.OfflineDocumentRefused(what="hot-list", why="there is a gap before it")
        if anew and delta.as_of_ms < self._hot.as_of_ms - CLOCK_SKEW_WARN_S * 1000:
            raise offline.OfflineDocumentRefused(what="hot-list", why="it is older than the one here")
        as_of_ms = max(delta.as_of_ms, self._hot.as_of_ms)
        state = HotState(seq=delta.to_seq, as_of_ms=as_of_ms, is_whole=delta.is_last)
        is_news = bool(delta.entries) or state.is_whole != self._hot.is_whole
        if is_news or not 0 <= self._clock() - self._kept_ms < OFFLINE_KEEP_S * 1000:
            await self._files.apply_hot(state, delta.entries, anew=anew)
        marks = set() if anew else set(self._marks)
        for entry in delta.entries:
            if entry.is_hot:
                marks.add(entry.mark)
            else:
                marks.discard(entry.mark)
        self._hot, self._marks = state, frozenset(marks)

    def _is_young(self, as_of_ms: int, most_s: int) -> bool:
        """By this machine's clock; one that stands before central's word is not to be trusted with an age."""
        age_ms = self._clock() - as_of_ms
        return -CLOCK_SKEW_WARN_S * 1000 <= age_ms <= most_s * 1000

    def _tell(self) -> None:
        state = self.state()
        if state != self._told:
            self._told = state
            self._on_change()


def _require_newer(have: offline.BundleHead | None, head: offline.BundleHead) -> None:
    """Raises: OfflineDocumentRefused: an older bundle is played back, or another under the same number."""
    if have is None:
        return
    if (head.group_id, head.shop_id) != (have.group_id, have.shop_id):
        raise offline.OfflineDocumentRefused(what="bundle", why="it is another shop's")
    if head.number < have.number:
        raise offline.OfflineDocumentRefused(what="bundle", why="it is older than the one here")
    if head.number == have.number and head.bundle_id != have.bundle_id:
        raise offline.OfflineDocumentRefused(what="bundle", why="its number is another bundle's")


def _opened(head: offline.BundleHead, packed: bytes) -> OpenBundle:
    """Blocking: unpacks, compiles the rules, reads the time zone."""
    content = offline.unpack(packed, head.content_hash)
    return OpenBundle(offline.open_bundle(head, content), ZoneInfo(head.time_zone))
