"""Canaries are planted in all that a bundle is made from; none is in any byte of it, and the facts are."""

import asyncio
import io
import json
import os
import re
import socket
import tarfile
from pathlib import Path
from typing import Any

import pytest

from loyalty.limits.doctor import SUPPORT_BUNDLE_BYTES_MAX, SUPPORT_JOURNAL_LINES_MAX
from officine.doctor.base import Machine
from officine.support.bundle import BundleWouldTell, make
from officine.support.section import Facts
from officine.support.units import line_of
from tests.helpers import eventually
from tests.integration.officine.cli import run, run_json
from tests.integration.officine.shop import CARD, CODE, Shop, a_shop

CANARY = "Canarinelli"
"""In every planted text, in some writing."""
PLANTED_CARD = "2990000000026"
PHONE = "0791234567"


def unpacked(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {
            entry.name: (archive.extractfile(entry) or io.BytesIO()).read() for entry in archive.getmembers()
        }


def read(path: Path) -> dict[str, Any]:
    return {name.rpartition("/")[2]: json.loads(content) for name, content in unpacked(path).items()}


def entry(message: object, **fields: object) -> str:
    """A line of `journalctl --output=json`."""
    base: dict[str, object] = {
        "_SYSTEMD_UNIT": "officine-terminal.service",
        "__REALTIME_TIMESTAMP": "1764000000000000",
        "MESSAGE": message if isinstance(message, str) else json.dumps(message),
        "_HOSTNAME": f"host-{CANARY}",
        "_CMDLINE": f"officine --config /home/{CANARY}/officine.toml",
    }
    return json.dumps(base | fields)


TRACE = (
    "Traceback (most recent call last):\n"
    f'  File "/home/{CANARY}/lib/python3.11/site-packages/terminal/agent.py", line 77, in {CANARY}\n'
    f'  File "/home/{CANARY}/terminal/{CANARY}.py", line 3, in run\n'
    f'ValueError: {CANARY} pays with {PLANTED_CARD}, File "x/terminal/{CANARY.lower()}.py", line 9'
)
STARTED, ENDED = "39f53479d3a045ac8e11786248231fbf", "98e322203f7a4ed290d09fe03c09fe15"
JOURNAL = [
    entry({"event": "terminal_ready", "level": "info", "outbox": 3, "timestamp": "2026-11-25T19:00:00.12Z"}),
    entry({"event": "central_link", "state": "down", "trouble": f"http://{CANARY}@central", "level": "info"}),
    entry({"event": "program_failed", "level": "critical", "exception": TRACE}),
    entry({"event": "request", "status": int(PLANTED_CARD), "code": CANARY.lower(), "level": "info"}),
    entry({"event": CANARY.lower(), "level": "info"}),
    entry({"event": "request", "level": "info", CANARY: 1, "timestamp": f"2026 {CANARY}", "depth": PHONE}),
    entry({"event": [CANARY], "level": {"name": CANARY}}),
    entry(f"{CANARY} {PLANTED_CARD} {PHONE}"),
    entry(["a", CANARY]),
    entry(f"Started {CANARY}", MESSAGE_ID=STARTED, UNIT="officine-kiosk.service", _SYSTEMD_UNIT="init.scope"),
    entry(f"{CANARY} died", MESSAGE_ID=ENDED, EXIT_CODE="killed", EXIT_STATUS="9"),
    entry(f"{CANARY} died", MESSAGE_ID=ENDED, EXIT_CODE=CANARY.lower(), EXIT_STATUS=PHONE),
    entry({"event": "request"}, _SYSTEMD_UNIT=f"{CANARY}.service"),
    CANARY,
    "[]",
    "",
]  # fmt: skip


def plant_programs(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs of a system that runs systemd, as this one may not: they say what real ones could say."""
    tools = place / "bin"
    tools.mkdir()
    (place / "journal").write_text("\n".join(JOURNAL * (1 + 2 * SUPPORT_JOURNAL_LINES_MAX // len(JOURNAL))))
    said = {
        "journalctl": f"cat {place}/journal",
        "systemctl": f"printf 'ActiveState=active\\nResult=watchdog\\nNRestarts=2\\nSubState={CANARY}\\n'",
        "timedatectl": f"echo {CANARY}",
        "vcgencmd": "echo throttled=0x50005",
    }
    for name, command in said.items():
        (tools / name).write_text(f"#!/bin/sh\n{command}\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")


def plant_settings(shop: Shop, place: Path) -> Path:
    """The running shop's settings with canaries where text may stand."""
    text = shop.config.read_text(encoding="utf-8")
    more = f'certificate_name = "{CANARY}"\nprinter = "tcp://printer.{CANARY}.example:9100"\n'
    text = text.replace("[terminal]\n", f"[terminal]\n{more}").replace('"OFFICINE-00000001"', f'"{CANARY}"')
    path = place / f"{CANARY}.toml"
    path.write_text(text, encoding="utf-8")
    return path


async def test_no_canary_is_in_any_byte_and_the_facts_are(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant_programs(place, monkeypatch)
    async with a_shop(place) as shop:
        name = ("--family-name", CANARY, "--email", f"{CANARY}@example.org", "--phone", PHONE)
        await shop.json("member", "enrol", "--id", f"m-{CANARY}", *name, "--card", PLANTED_CARD)
        await shop.run("till", "award", f"{CODE}=1.00", "--card", "2990000000033")  # refused: unknown card
        await shop.stack.cable.cut()

        async def is_noticed() -> bool:
            return bool((await shop.json("terminal", "state"))["link"] != "up")

        await eventually(is_noticed, deadline_s=30)
        await shop.run("till", "award", f"{CODE}=12.50", "--card", PLANTED_CARD)
        token = shop.stack.plan.terminal_token_file.read_text(encoding="ascii").strip()
        path = place / "bundle.tar.gz"
        config = plant_settings(shop, place)
        monkeypatch.setenv("OFFICINE_KIOSK_LANGUAGE", "de")
        done = await asyncio.to_thread(
            run_json, "--config", str(config), "support-bundle", "--output", str(path)
        )

        held = b"\n".join(content for content in unpacked(path).values())
        for canary in (
            CANARY,
            token,
            CARD,
            PLANTED_CARD,
            "2990000000033",
            PHONE,
            str(place),
            socket.gethostname(),
        ):
            for form in (canary, canary.lower(), canary.upper()):
                assert form.encode() not in held, form
        times = set(re.findall(rb'"at_s": (\d{10})', held))
        assert set(re.findall(rb"\d{9,}", held)) <= times, "no long number but the times of log lines"

        facts = read(path)
        assert done["missing"] == [], {name: facts.get(f"{name}.json") for name in done["missing"]}
        assert set(facts) == {*done["inside"], "manifest.json"}
        outbox = facts["terminal.json"]["outbox"]
        assert outbox["by_kind_and_state"] == {"sale_refused": 1, "sale_pending": 1}
        assert outbox["by_reason"] == {"unknown_card": 1}
        assert 0 <= outbox["oldest_age_s"] < 600
        assert facts["terminal.json"]["reader"]["state"] == "ready"
        assert facts["central.json"]["healthz"] is not None
        assert "0001_pre_foundation" in facts["central.json"]["database"]["migrations"]
        checks = {check["name"]: check for check in facts["doctor.json"]["checks"]}
        assert (checks["terminal agent"]["status"], checks["printer"]["code"]) == ("warn", "not_reachable")
        assert checks["outbox"]["params"]["refused"] == 1
        settings = facts["settings.json"]
        assert (settings["kiosk"]["language"], settings["kiosk"]["is_set_by_variable"]) == ("de", True)
        assert settings["terminal"]["nexo_port"] == shop.stack.nexo_port
        assert settings["terminal"]["token_file"]["exists"] is True
        assert settings["terminal"]["poi_id"] == {"is_set": True}
        unit = facts["units.json"]["officine-terminal.service"]
        assert (unit["ActiveState"], unit["Result"], unit["NRestarts"]) == ("active", "watchdog", 2)
        assert "officine-terminal.service.SubState" in facts["units.json"]["without_value"]
        assert "SubState" not in unit
        assert facts["machine.json"]["throttled_bits"] == 0x50005
        lines = facts["journal.json"]["lines"]
        assert 0 < len(lines) <= SUPPORT_JOURNAL_LINES_MAX
        assert path.stat().st_size < SUPPORT_BUNDLE_BYTES_MAX


def test_of_a_log_line_only_what_is_known_stays() -> None:
    kept = [line_of(text) for text in JOURNAL]
    unit, at = {"unit": "officine-terminal.service"}, {"at_s": 1_764_000_000}
    assert kept[:12] == [
        at | unit | {"event": "terminal_ready", "level": "info", "outbox": 3,
                     "timestamp": "2026-11-25T19:00:00.12Z"},
        at | unit | {"event": "central_link", "state": "down", "level": "info"},
        at | unit | {"event": "program_failed", "level": "critical", "trace": ["terminal/agent.py:77"]},
        at | unit | {"event": "request", "level": "info"},
        None,
        at | unit | {"event": "request", "level": "info"},
        None,
        None,
        None,
        at | {"unit": "officine-kiosk.service", "systemd": "started"},
        at | unit | {"systemd": "process_ended", "exit_code": "killed", "exit_status": 9},
        at | unit | {"systemd": "process_ended"},
    ]  # fmt: skip
    assert kept[12:] == [None] * 4


def test_a_machine_without_anything_gets_its_bundle_for_its_owner_alone(place: Path) -> None:
    (place / "empty.toml").write_text("", encoding="utf-8")
    done = run("--config", "empty.toml", "support-bundle", "--output", "b.tar.gz")
    assert done.status == 0, done.err
    assert "No personal data" in done.out
    path = place / "b.tar.gz"
    assert path.stat().st_mode & 0o777 == 0o600
    facts = read(path)
    assert facts["versions.json"]["officine"]
    not_here = {"is_set_up": False}
    assert facts["terminal.json"] == {"agent": not_here, "reader": not_here, "outbox": not_here}
    again = run("--config", "empty.toml", "support-bundle", "--output", "b.tar.gz", "--json")
    assert (again.status, again.error["code"]) == (1, "input_invalid")
    nowhere = run("--config", "empty.toml", "support-bundle", "--output", "no/such/b.tar.gz", "--json")
    assert (nowhere.status, nowhere.error["code"]) == (1, "input_invalid")


async def test_no_null_is_left_to_guess_at() -> None:
    bundle = await make(Machine(config=None, programs={}), (Silent(),))
    with tarfile.open(fileobj=io.BytesIO(bundle.archive)) as archive:
        told = archive.extractfile("officine-support/silent.json")
        assert told is not None
        facts = json.load(told)
    assert facts == {
        "said": 0,
        "disks": [{"free": 1}],
        "unit": {},
        "without_value": ["board", "disks.0.size", "unit.state"],
    }


class Silent:
    """A section about what a machine does not say."""

    name = "silent"
    tells = "nothing"

    async def collect(self, machine: Machine) -> Facts:
        return {"said": 0, "board": None, "disks": [{"free": 1, "size": None}], "unit": {"state": None}}


class Leaking:
    """A section as a careless change could write it."""

    name = "leaking"
    tells = "too much"

    async def collect(self, machine: Machine) -> Facts:
        return {"note": "ofc_0123456789abcdef"}


class Broken:
    """A section on a machine that is broken."""

    name = "broken"
    tells = "nothing"

    async def collect(self, machine: Machine) -> Facts:
        raise OSError(f"{CANARY} is on fire")


async def test_a_secret_that_slipped_in_stops_the_bundle() -> None:
    machine = Machine(config=None, programs={})
    assert (await make(machine, (Leaking(),), ["another secret"])).archive
    with pytest.raises(BundleWouldTell):
        await make(machine, (Leaking(),), ["ofc_0123456789abcdef"])


async def test_a_section_that_fails_is_named_and_says_no_more(tmp_path: Path) -> None:
    bundle = await make(Machine(config=None, programs={}), (Broken(),))
    assert bundle.missing == ("broken",)
    await asyncio.to_thread((tmp_path / "b").write_bytes, bundle.archive)
    facts = await asyncio.to_thread(read, tmp_path / "b")
    assert facts["broken.json"] == {"is_missing": True, "reason": "OSError"}


async def test_with_a_token_centrals_figures_come_along_by_route_and_status(place: Path) -> None:
    async with a_shop(place) as shop:
        token = place / "metrics.token"
        issued = ("--role", "office", "--label", CANARY, "--output", str(token))
        await shop.json("token", "issue", *issued)
        await shop.run("till", "award", f"{CODE}=12.50", "--card", CARD)
        path = place / "bundle.tar.gz"
        await shop.json("support-bundle", "--metrics-token", str(token), "--output", str(path))
        held = b"".join(unpacked(path).values())
        assert CANARY.encode() not in held
        assert token.read_bytes().strip() not in held
        samples = read(path)["central.json"]["metrics"]
        sold = [each for each in samples if each["labels"].get("route") == "/api/v1/sealed/sales"]
        assert {each["labels"]["method"] for each in sold} == {"POST"}
        assert any(each["value"] >= 1 for each in sold)
