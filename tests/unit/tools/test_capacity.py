"""The capacity model: its arithmetic, and that docs/scale.md shows what it says."""

import itertools
from dataclasses import astuple
from pathlib import Path

import pytest
from click.testing import CliRunner

from tools.capacity.__main__ import DOCS, SHOPS, figures, in_docs, main
from tools.capacity.model import Assumptions, Measured, busiest, capacity, shops_of_one_group

MEASURED = Measured(
    date="2026-01-01",
    machine="a machine",
    central_us=1_000,
    database_us=2_000,
    sqlite_us=900,
    purchases_per_s=1_000,
    ticket_bytes=1_024,
    member_bytes=512,
    ticket_bytes_sqlite=1_024,
    central_mib=100,
)


def test_the_busiest_second_is_the_busiest_minutes() -> None:
    assert (
        busiest(3_600_000) == 300
    )  # 15 % in an hour are 150 a second, and its busiest minute has twice that
    assert busiest(1) == 1


def test_a_thousand_shops_by_hand() -> None:
    need = capacity(1_000, MEASURED, Assumptions())

    assert (need.tickets_day, need.busiest_per_s) == (200_000, 17)
    assert (need.central_cores, need.databases, need.database_cores) == (1, 1, 3)
    # 60 million tickets of 1 KiB a year, half as much again beside them, on three nodes
    assert need.disk_year_gib == 86 * 3
    # ten years of them and two million members
    assert need.disk_kept_gib == 860 * 3
    # a core each of four machines, 1 GiB of central, 4 GiB of rows and system on three nodes, and the disks
    assert need.month_minor == 4 * 1_500 + need.memory_gib * 300 + 2_580 * 10


def test_one_group_is_bound_by_its_one_writer() -> None:
    shops = shops_of_one_group(MEASURED, Assumptions())

    assert busiest(shops * 200) <= 250  # half of a core, 2 ms each
    assert busiest((shops + 100) * 200) > 250


@pytest.mark.parametrize("measured", [MEASURED, figures()])
def test_more_shops_never_need_less(measured: Measured) -> None:
    needs = [astuple(capacity(shops, measured, Assumptions()))[:-1] for shops in SHOPS]

    for fewer, more in itertools.pairwise(needs):
        assert all(a <= b for a, b in zip(fewer, more, strict=True))


def test_the_page_shows_the_table_that_the_figures_give() -> None:
    page = Path(DOCS).read_text(encoding="utf-8")

    assert in_docs(page, figures()) == page, "run: python -m tools.capacity --docs"


def test_the_command_prints_json() -> None:
    told = CliRunner().invoke(main, ["--shops", "600000", "--json"])

    assert told.exit_code == 0
    assert '"tickets_day":120000000' in told.output
