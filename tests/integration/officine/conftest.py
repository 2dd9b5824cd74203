"""A database of its own for every test, named by variables as a person would."""

import os
from pathlib import Path

import pytest

from tests.integration.officine.cli import run_json

GROUP = ("--name", "Pharmacies du Léman", "--country", "CH", "--currency", "CHF")
SHOP = ("--name", "Pharmacie de la Gare", "--country", "CH", "--time-zone", "Europe/Zurich")
CARD = "2990000000019"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory; `OFFICINE_DATABASE` names a file in it that is not there yet."""
    for name in [name for name in os.environ if name.startswith("OFFICINE_") and name != "OFFICINE_SHARED"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OFFICINE_DATABASE", f"sqlite:///{tmp_path / 'central.db'}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def group(place: Path) -> str:
    """A group with one shop, `nyon`."""
    del place
    run_json("group", "create", "leman", *GROUP)
    run_json("shop", "put", "nyon", *SHOP)
    return "leman"


@pytest.fixture
def member(group: str) -> str:
    """Member m-1 with an active card."""
    del group
    run_json("member", "enrol", "--id", "m-1", "--family-name", "Aubert", "--card", CARD)
    return "m-1"
