"""How each part of this terminal is, for whoever stands before it: the same limits as `officine doctor`."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import apsw
import structlog
from cryptography import x509

from loyalty.errors import LoyaltyError
from loyalty.limits.doctor import (
    CERTIFICATE_WARN_DAYS,
    CLOCK_SKEW_WARN_S,
    DISK_FREE_FAIL_BYTES,
    DISK_FREE_WARN_BYTES,
    MEMORY_FREE_WARN_BYTES,
    OUTBOX_AGE_WARN_S,
)
from loyalty.limits.offline import OFFLINE_AGE_WARN_S
from loyalty.limits.terminal import OUTBOX_ENTRIES_MAX
from loyalty.limits.web import CLOCK_SKEW_MAX_S
from terminal.central_link import CentralLink
from terminal.clock import Clock
from terminal.desk import CardDesk
from terminal.machine import Room, look
from terminal.offline.data import OfflineData
from terminal.outbox import Outbox
from terminal.printer.desk import PrintDesk
from terminal.settings import TerminalSettings
from terminal.views import SOFTWARE_VERSION
from wire.looking_after import Condition, Finding, Part
from wire.messages import ReaderState

log = structlog.get_logger(__name__)

MIB: Final = 1024 * 1024
_GRAVEST: Final[tuple[Condition, ...]] = ("broken", "soon", "absent", "well")


class Diagnosis:
    """Looks at what the agent stands on; asks nothing of anybody and changes nothing."""

    def __init__(
        self,
        settings: TerminalSettings,
        *,
        clock: Clock,
        link: CentralLink,
        desk: CardDesk,
        outbox: Outbox,
        offline: OfflineData,
        print_desk: PrintDesk,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._link = link
        self._desk = desk
        self._outbox = outbox
        self._offline = offline
        self._print_desk = print_desk

    async def findings(self, kiosk_version: str = "") -> tuple[Finding, ...]:
        """Every part once, what is worst first."""
        room = await asyncio.to_thread(look, self._settings.state_dir)
        found = (
            self._central(),
            self._printer(),
            of_reader(self._desk.reader),
            await self._waiting(),
            *self._offline_data(),
            self._time(),
            await asyncio.to_thread(self._certificate),
            *of_room(room),
            of_version(kiosk_version),
        )
        return tuple(sorted(found, key=lambda one: _GRAVEST.index(one.condition)))

    def _central(self) -> Finding:
        link = self._link
        if link.state == "up":
            return _well("central", "up")
        if link.state == "connecting":
            return _soon("central", "connecting")
        away_s = (self._clock() - link.since_ms) // 1000
        make = _broken if away_s > OUTBOX_AGE_WARN_S else _soon
        return make("central", "down", at_ms=link.since_ms)

    def _time(self) -> Finding:
        offset_ms = self._link.clock_offset_ms
        if offset_ms is None:
            return _absent("clock", "not_compared")
        off_s = abs(offset_ms) // 1000
        if off_s > CLOCK_SKEW_MAX_S:
            return _broken("clock", "far_off", count=off_s)
        return (_soon if off_s > CLOCK_SKEW_WARN_S else _well)("clock", "off", count=off_s)

    async def _waiting(self) -> Finding:
        try:
            counts, head = await self._outbox.counts(), await self._outbox.find_head()
        except (apsw.Error, LoyaltyError) as error:
            log.warning("outbox_not_looked_at", reason=str(error))
            return _broken("waiting", "unusable")
        if head is not None and head.state == "parked":
            return _broken("waiting", "parked", count=counts.depth)
        if counts.depth >= OUTBOX_ENTRIES_MAX:
            return _broken("waiting", "full", count=counts.depth)
        if counts.refused:
            return _soon("waiting", "refused", count=counts.refused)
        if not counts.depth:
            return _well("waiting", "none")
        return (_well if self._link.state == "up" else _soon)("waiting", "waiting", count=counts.depth)

    def _offline_data(self) -> tuple[Finding, Finding]:
        told, now_ms = self._offline.state(), self._clock()

        def of(part: Part, at_ms: int, *, is_usable: bool, worst: "_Make") -> Finding:
            if not at_ms:
                return _soon(part, "none_yet")
            if not is_usable:
                return worst(part, "too_old", at_ms=at_ms)
            is_old = (now_ms - at_ms) // 1000 > OFFLINE_AGE_WARN_S
            return (_soon if is_old else _well)(part, "as_of", at_ms=at_ms)

        return (
            of("prices", told.bundle_ms, is_usable=told.is_bundle_usable, worst=_broken),
            of("blocked_cards", told.hot_list_ms, is_usable=told.may_redeem, worst=_soon),
        )

    def _printer(self) -> Finding:
        state = self._print_desk.state()
        if state is None:
            return _absent("printer", "not_fitted")
        if state.condition == "ready":
            return _well("printer", "ready")
        return (_soon if state.may_print else _broken)("printer", state.condition)

    def _certificate(self) -> Finding:
        """Of the till's port; whether a till trusts it, only the till knows."""
        settings = self._settings
        path = settings.certificate or settings.state_dir / "till-certificate.pem"
        try:
            ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
        except FileNotFoundError:
            return (
                _absent("certificate", "none_yet")
                if settings.certificate is None
                else _broken("certificate", "missing")
            )
        except (OSError, ValueError) as error:
            log.warning("certificate_unreadable", reason=str(error))
            return _broken("certificate", "unreadable")
        ends_ms = int(ends.timestamp()) * 1000
        days = (ends - datetime.fromtimestamp(self._clock() / 1000, UTC)).days
        if days < 0:
            return _broken("certificate", "ended", at_ms=ends_ms)
        return (_soon if days <= CERTIFICATE_WARN_DAYS else _well)("certificate", "ends", at_ms=ends_ms)


def of_reader(state: ReaderState | None) -> Finding:
    """As the reader daemon says of itself."""
    if state is None:
        return _broken("reader", "not_running")
    fault = state.troubles[0].reason if state.troubles else ""
    if state.state == "ready":
        return (
            _soon("reader", fault, name=state.reader)
            if fault
            else _well("reader", "ready", name=state.reader)
        )
    return _broken("reader", fault or state.state, name=state.reader)


def of_room(room: Room) -> tuple[Finding, Finding]:
    """The disk that holds what must not be lost, and memory."""
    free = room.disk // MIB
    if room.is_read_only:
        disk = _broken("disk", "read_only")
    elif room.disk < DISK_FREE_FAIL_BYTES:
        disk = _broken("disk", "full", count=free)
    else:
        disk = (_soon if room.disk < DISK_FREE_WARN_BYTES else _well)("disk", "free", count=free)
    if room.memory is None:
        return disk, _absent("memory", "not_told")
    make = _soon if room.memory < MEMORY_FREE_WARN_BYTES else _well
    return disk, make("memory", "free", count=room.memory // MIB)


def of_version(kiosk_version: str) -> Finding:
    """After an update every program is to be started anew."""
    if kiosk_version and kiosk_version != SOFTWARE_VERSION:
        return _soon("version", "other", name=f"{SOFTWARE_VERSION} / {kiosk_version}")
    return _well("version", "same", name=SOFTWARE_VERSION)


def _well(part: Part, code: str, *, count: int = 0, at_ms: int = 0, name: str = "") -> Finding:
    return Finding(part=part, condition="well", code=code, count=count, at_ms=at_ms, name=name)


def _soon(part: Part, code: str, *, count: int = 0, at_ms: int = 0, name: str = "") -> Finding:
    return Finding(part=part, condition="soon", code=code, count=count, at_ms=at_ms, name=name)


def _broken(part: Part, code: str, *, count: int = 0, at_ms: int = 0, name: str = "") -> Finding:
    return Finding(part=part, condition="broken", code=code, count=count, at_ms=at_ms, name=name)


def _absent(part: Part, code: str) -> Finding:
    return Finding(part=part, condition="absent", code=code)


_Make = Callable[..., Finding]
