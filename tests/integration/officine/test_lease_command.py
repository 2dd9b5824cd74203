"""`officine lease` on a real SQLite file: what is set aside is listed, and freed when a terminal is gone."""

import asyncio
from pathlib import Path

from central.services.bundle import build_services
from central.services.core.clock import system_clock
from central.settings import load_secrets
from central.storage.opening import open_store
from loyalty.limits.leases import LEASE_LOST_AFTER_S
from tests.integration.officine.cli import run, run_json
from tests.integration.officine.conftest import CARD
from wire import api
from wire.api_leases import LeaseBody

HOUR_MS = 3_600_000
PROGRAMME = """{"rules": [], "voucher_step": {"points": 10, "worth_minor": 20},
"identification": {"redeem": "barcode"}, "offline": {"acts": {"redeem": "barcode"},
"lease": {"points": 50, "share_bp": 5000, "hours": 1, "terminal_points": 100}}}"""


async def grant(place: Path, token: str, ago_ms: int) -> None:
    """A terminal was granted a lease some time ago."""
    store = await open_store(f"sqlite:///{place / 'central.db'}")
    try:
        (secrets_file,) = await asyncio.to_thread(lambda: [*place.glob("*.secrets"), *place.glob("*.keys")])
        keys = await asyncio.to_thread(load_secrets, secrets_file)
        services = build_services(store, keys, lambda: system_clock() - ago_ms)
        actor = await services.access.authenticate(token)
        body = LeaseBody(lease_id="lease-1", holder=api.EvidenceBody(medium="typed", value=CARD))
        view, _ = await services.leases.grant(actor, body)
        assert view.amount == 50
    finally:
        await store.close()


def set_aside(place: Path, member: str, ago_ms: int) -> None:
    (place / "programme.json").write_text(PROGRAMME)
    run_json("group", "programme", "set", "programme.json")
    run_json("ledger", "correct", "--reason", "moved", member, "100")
    made = ("token", "issue", "--role", "terminal", "--label", "T1", "--shop", "nyon", "--terminal", "t-1")
    asyncio.run(grant(place, run_json(*made)["token"], ago_ms))


def test_leases_are_listed_and_one_of_a_terminal_that_may_come_back_is_not_lost(
    place: Path, member: str
) -> None:
    set_aside(place, member, ago_ms=0)
    (lease,) = run_json("lease", "list")
    assert (lease["terminal_id"], lease["member_id"], lease["amount"]) == ("t-1", member, 50)
    assert "lease-1" in run("lease", "list").out
    refused = run("lease", "declare-lost", "lease-1", "--reason", "Stolen", "--json")
    assert (refused.status, refused.error["code"]) == (1, "lease_not_lost")
    shown = run_json("member", "show", member)
    assert shown["points"] == 100


def test_a_lost_lease_frees_its_points_and_keeps_who_and_why(place: Path, member: str) -> None:
    set_aside(place, member, ago_ms=2 * HOUR_MS + LEASE_LOST_AFTER_S * 1000)
    lost = run_json("lease", "declare-lost", "lease-1", "--reason", "Stolen")
    assert (lost["state"], lost["reason"], lost["ended_by"][:9]) == ("lost", "Stolen", "operator:")
    assert run_json("lease", "declare-lost", "lease-1", "--reason", "Stolen") == lost
    assert run_json("lease", "list") == []
    assert run("lease", "declare-lost", "nothing", "--reason", "x", "--json").error["code"] == "lease_unknown"
