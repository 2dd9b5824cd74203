"""The files of a cluster under Patroni: the page about them names all that is to be filled in."""

import re
from pathlib import Path

import pytest

FOLDER = Path("provisioning/ha")
PAGE = Path("docs/scale.md")
_PLACE = re.compile(r"\$\{([A-Z_0-9]+)\}")


@pytest.mark.parametrize("name", ["etcd.yml", "patroni.yml", "haproxy.cfg"])
def test_every_place_of_a_file_is_named_by_the_page(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    places = set(_PLACE.findall((FOLDER / name).read_text(encoding="utf-8")))

    assert places, "there is something to fill in"
    told = set(re.findall(r"\$([A-Z_0-9]+)", page)) | set(re.findall(r"\b([A-Z_0-9]+)=", page))
    assert places - told <= {"ADDRESS_1", "ADDRESS_2", "ADDRESS_3"}, "add it to the page's `vars`"
    assert not places & {"ADDRESS_1"} or "`ADDRESS_1` to `ADDRESS_3`" in page


def test_no_commit_is_answered_by_one_node_alone() -> None:
    settings = (FOLDER / "patroni.yml").read_text(encoding="utf-8")

    for line in (
        "synchronous_mode: true",
        "synchronous_mode_strict: true",
        'synchronous_commit: "on"',
        'fsync: "on"',
    ):
        assert line in settings
    assert "\netcd3:" not in settings, (
        "Debian 12's Patroni overwrites the leader's key by /v3 (docs/scale.md)"
    )
