"""The capacity model: whole numbers in, whole numbers out; every assumption has a name and can be changed."""

from dataclasses import dataclass
from typing import Final

import msgspec

TICKETS_PER_SHOP_DAY: Final = 200
OPEN_DAYS: Final = 300
BUSIEST_HOUR_BP: Final = 1_500
"""The busiest hour's part of a day's tickets: ten hours open would be 1,000 each."""
BURST_PERCENT: Final = 200
"""The busiest minute of that hour against its mean: nothing is sized for the mean."""
MEMBERS_PER_SHOP: Final = 2_000
YEARS_KEPT: Final = 10
"""Books are kept for ten years (Swiss Code of Obligations, art. 958f)."""
LOAD_BP: Final = 5_000
"""A core is planned half busy: the bench's 99th percentile holds there, and a lost machine's work fits."""
HOT_DAYS: Final = 7
"""Tickets of so many days stay in the database's memory; older ones are read from disk."""
NODES: Final = 3
DATABASE_CORES_MAX: Final = 16
"""Of one database machine; more shops are another database."""
DATABASE_GIB_MAX: Final = 4_096
SPARE_BP: Final = 5_000
"""Beside the rows on every disk: logs, vacuum, one upgrade."""
CORE_MONTH_MINOR: Final = 1_500
GIB_MEMORY_MONTH_MINOR: Final = 300
GIB_DISK_MONTH_MINOR: Final = 10
"""Prices are assumptions in euro cents, not offers: put your own in their place."""
_GIB: Final = 1024**3
_HOUR_S: Final = 3_600
_BP: Final = 10_000


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `python -m tools.capacity measure` found: purchases of five lines, 1,000 active promotions."""

    date: str
    machine: str
    central_us: int
    """Processor time of central for a purchase, PostgreSQL behind it."""
    database_us: int
    """Processor time of the database server for a purchase."""
    sqlite_us: int
    """Processor time of central for a purchase with SQLite in the process."""
    purchases_per_s: int
    """Of one group on PostgreSQL, closed loop, on this machine under whatever else ran on it."""
    ticket_bytes: int
    """On PostgreSQL's disk, indexes too."""
    member_bytes: int
    ticket_bytes_sqlite: int
    central_mib: int
    """Memory of one process of central after the purchases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What was not measured."""

    tickets_per_shop_day: int = TICKETS_PER_SHOP_DAY
    members_per_shop: int = MEMBERS_PER_SHOP
    years_kept: int = YEARS_KEPT
    core_month_minor: int = CORE_MONTH_MINOR
    memory_month_minor: int = GIB_MEMORY_MONTH_MINOR
    disk_month_minor: int = GIB_DISK_MONTH_MINOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What so many shops need. `databases`: clusters of three nodes; memory and disk are of all machines."""

    shops: int
    tickets_day: int
    busiest_per_s: int
    central_cores: int
    databases: int
    database_cores: int
    memory_gib: int
    disk_year_gib: int
    disk_kept_gib: int
    month_minor: int
    shop_month_minor: int


def capacity(shops: int, measured: Measured, assumed: Assumptions) -> Capacity:
    """What `shops` shops need with all their tickets of `years_kept` years."""
    tickets_day = shops * assumed.tickets_per_shop_day
    busiest_per_s = busiest(tickets_day)
    central_cores = _cores(busiest_per_s, measured.central_us)
    members_bytes = shops * assumed.members_per_shop * measured.member_bytes
    tickets_year = tickets_day * OPEN_DAYS
    kept_gib = _disk_gib(members_bytes + tickets_year * assumed.years_kept * measured.ticket_bytes)
    primary_cores = _cores(busiest_per_s, measured.database_us)
    databases = max(_up(primary_cores, DATABASE_CORES_MAX), _up(kept_gib, DATABASE_GIB_MAX))
    database_cores = max(primary_cores, databases) * NODES
    hot_gib = _up(members_bytes + tickets_day * HOT_DAYS * measured.ticket_bytes, _GIB)
    memory_gib = _up(central_cores * measured.central_mib, 1024) + NODES * (hot_gib + databases)
    disk_gib = kept_gib * NODES
    month_minor = (
        (central_cores + database_cores) * assumed.core_month_minor
        + memory_gib * assumed.memory_month_minor
        + disk_gib * assumed.disk_month_minor
    )
    return Capacity(
        shops=shops,
        tickets_day=tickets_day,
        busiest_per_s=busiest_per_s,
        central_cores=central_cores,
        databases=databases,
        database_cores=database_cores,
        memory_gib=memory_gib,
        disk_year_gib=_disk_gib(tickets_year * measured.ticket_bytes) * NODES,
        disk_kept_gib=disk_gib,
        month_minor=month_minor,
        shop_month_minor=_up(month_minor, shops),
    )


def busiest(tickets_day: int) -> int:
    """Tickets in the busiest second of a day, rounded up."""
    return _up(tickets_day * BUSIEST_HOUR_BP * BURST_PERCENT, _HOUR_S * _BP * 100)


def shops_of_one_group(measured: Measured, assumed: Assumptions) -> int:
    """How many shops the largest group may have.

    Its batches are written one after the other (docs/adr/0012): one core of the database works for it.
    """
    planned_per_s = 1_000_000 * LOAD_BP // (measured.database_us * _BP)
    per_shop = assumed.tickets_per_shop_day * BUSIEST_HOUR_BP * BURST_PERCENT
    return planned_per_s * _HOUR_S * _BP * 100 // per_shop


def _cores(per_s: int, each_us: int) -> int:
    return max(1, _up(per_s * each_us * _BP, 1_000_000 * LOAD_BP))


def _disk_gib(rows_bytes: int) -> int:
    return _up(rows_bytes * (_BP + SPARE_BP), _BP * _GIB)


def _up(value: int, by: int) -> int:
    return -(-value // by)
