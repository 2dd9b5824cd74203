"""`officine poster` and `officine group logo`: hung, listed, taken down; what cannot hang is refused."""

from pathlib import Path

from tests.integration.officine.cli import run, run_json
from tests.picture_files import a_picture

WORDS = ("--title", "fr=Soleil", "--aloud", "fr=Une plage", "--from", "2026-06-01", "--to", "2026-08-31")


def test_a_poster_is_hung_changed_listed_and_taken_down(group: str, tmp_path: Path) -> None:
    file = tmp_path / "sun.png"
    file.write_bytes(a_picture())
    first = run_json("poster", "put", "sun", "--picture", str(file), *WORDS, "--hours", "Mo-Fr 08:00-12:00")
    assert first["change"] == "created"
    assert [one["size"] for one in first["poster"]["pictures"]] == ["large", "small"]
    second = run_json("poster", "put", "sun", *WORDS, "--text", "fr=Deux pour un")
    assert (second["change"], second["poster"]["pictures"]) == ("changed", first["poster"]["pictures"])
    assert run_json("poster", "list")["posters"] == [second["poster"]]
    assert "Soleil" in run("poster", "list").out
    assert run_json("poster", "remove", "sun")["poster_id"] == "sun"
    assert run_json("poster", "list") == {"posters": []}


def test_what_cannot_hang_is_refused_with_the_way_out(group: str, tmp_path: Path) -> None:
    file = tmp_path / "page.png"
    file.write_bytes(b"<html>")
    refused = run("poster", "put", "sun", "--picture", str(file), *WORDS, "--json")
    assert (refused.status, refused.error["code"]) == (1, "picture_unusable")
    assert run("poster", "put", "sun", *WORDS, "--json").error["code"] == "poster_incomplete"
    assert (
        run("poster", "put", "a b", "--picture", str(file), *WORDS, "--json").error["code"] == "input_invalid"
    )
    assert run("poster", "remove", "sun", "--json").error["code"] == "poster_not_found"


def test_a_logo_is_put_and_taken_away(group: str, tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(a_picture((11, 107, 79), (600, 200)))
    assert run_json("group", "logo", str(file))["logo"]["width"] == 576
    assert run_json("group", "logo", "--remove") == {"logo": None}
    assert run("group", "logo", "--json").error["code"] == "input_invalid"
