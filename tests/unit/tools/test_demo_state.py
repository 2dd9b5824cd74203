"""The demo's group: an older one is kept and made anew, and what it offers has a name in each language."""

import json
import time
from pathlib import Path
from typing import get_args

from loyalty.programme.programme import parse_programme
from tools.demo.generate import programme, settings
from tools.demo.run import MADE_FILE, MADE_VERSION, set_old_aside
from wire.message_base import Language

NOW_MS = time.time_ns() // 1_000_000


def made(folder: Path, text: str) -> Path:
    state = folder / "demo"
    state.mkdir()
    (state / MADE_FILE).write_text(text, "utf-8")
    (state / "central.db").write_text("a ledger", "utf-8")
    return state


def test_a_group_of_this_version_and_an_empty_folder_stay_where_they_are(tmp_path: Path) -> None:
    assert set_old_aside(tmp_path / "nothing") is None
    state = made(tmp_path, json.dumps({"version": MADE_VERSION, "group": "leman"}))
    assert set_old_aside(state) is None
    assert (state / "central.db").exists()


def test_an_older_group_is_moved_aside_whole_and_never_over_another(tmp_path: Path) -> None:
    for at, text in enumerate(('{"group": "leman"}', '{"version": 1}', "no json"), start=1):
        state = made(tmp_path, text)
        kept = set_old_aside(state)
        assert kept == tmp_path / f"demo.old-{at}"
        assert not state.exists()
        assert (kept / "central.db").read_text("utf-8") == "a ledger"


def test_every_rule_of_the_demo_is_checked_current_and_named_in_each_language() -> None:
    checked = parse_programme(json.loads(programme(NOW_MS)), ruleset_version=1)
    assert checked.tiers is not None
    assert checked.voucher_step is not None
    names = settings().rule_names
    assert {rule.rule_id for rule in checked.rules} == set(names)
    assert all(set(each) == set(get_args(Language)) for each in names.values())
