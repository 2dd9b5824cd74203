"""Cards made at the command line: the maker's file, and what stops the writing of chips (P-26)."""

import csv
import json
from pathlib import Path

import pytest

from tests.integration.officine.cli import run, run_json

ASKED = ("--count", "70", "--first", "500", "--batch", "spring")


def test_the_makers_file_is_written_and_its_numbers_are_in_stock(group: str, place: Path) -> None:
    del group
    made = run_json("card", "production", "spring.csv", *ASKED)
    rows = list(csv.DictReader((place / "spring.csv").read_text().splitlines(), delimiter=";"))
    assert (made["cards"], len(rows)) == (70, 70)
    assert (made["first"], made["last"]) == (rows[0]["number"], rows[-1]["number"])
    for row in (rows[0], rows[-1]):
        assert run_json("card", "show", row["number"])["state"] == "stock"


def test_the_same_again_is_the_same_file_in_the_makers_layout_too(group: str, place: Path) -> None:
    del group
    layout = {"columns": [{"title": "N°", "value": "{printed}"}], "titles": False}
    (place / "layout.json").write_text(json.dumps(layout))
    run_json("card", "production", "a.csv", *ASKED, "--layout", "layout.json")
    first = (place / "a.csv").read_bytes()
    run_json("card", "production", "a.csv", *ASKED, "--layout", "layout.json")
    assert (place / "a.csv").read_bytes() == first
    assert first.startswith(b"2900 0000 0500")


@pytest.mark.parametrize("layout", ["no json", '{"columns": [{"title": "x", "value": "{uid}"}]}'])
def test_a_layout_that_is_none_writes_and_enters_nothing(group: str, place: Path, layout: str) -> None:
    del group
    (place / "layout.json").write_text(layout)
    refused = run("card", "production", "a.csv", *ASKED, "--layout", "layout.json", "--json")
    assert refused.error["code"] in ("input_invalid", "programme_invalid")
    assert not (place / "a.csv").exists()
    assert run("card", "show", "2900000005006", "--json").status == 1


def test_writing_asks_for_a_link_numbers_and_a_reader_daemon(group: str, place: Path) -> None:
    del group
    (place / "officine.toml").write_text(f'[reader]\nsocket = "{place}/none.sock"\ndriver = ["pcsc"]\n')
    config = ("--config", "officine.toml", "card", "personalise", "--json")
    link = ("--link", "https://loy.example/t")
    assert run(*config, *link).error["code"] == "input_invalid"
    assert run(*config, "--link", "http://x", "2900000000018").error["code"] == "card_link_unfit"
    assert run(*config, *link, "2900000000018").error["code"] == "peer_unavailable"
