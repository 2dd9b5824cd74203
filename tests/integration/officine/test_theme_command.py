"""`officine group theme`: what is given changes, what is not stays."""

from tests.integration.officine.cli import run, run_json


def test_what_is_given_changes_and_what_is_not_stays(group: str) -> None:
    first = run_json("group", "theme", "--name", "Lac", "--brand", "#5B2A86", "--names", "zh=药房")
    assert first["change"] == "changed"
    assert (first["theme"]["name"], first["theme"]["names"]) == ("Lac", {"zh": "药房"})
    second = run_json("group", "theme", "--names", "de=See-Apotheken", "--names", "zh=")
    assert second["theme"] == {**first["theme"], "names": {"de": "See-Apotheken"}}
    assert run_json("group", "theme") == {**second, "change": "unchanged"}
    assert (
        run_json("group", "theme", "--brand", "#0B6B4F")["theme"]["brand_tint"]
        != first["theme"]["brand_tint"]
    )
    assert "#0B6B4F" in run("group", "theme").out


def test_colours_that_cannot_be_read_or_are_none_are_refused(group: str) -> None:
    illegible = run("group", "theme", "--brand", "#F2C200", "--json")
    assert (illegible.status, illegible.error["code"]) == (1, "theme_illegible")
    assert "nearest darker brand" in illegible.error["detail"]
    assert run("group", "theme", "--brand", "yellow", "--json").error["code"] == "input_invalid"
    assert run("group", "theme", "--names", "rm=Lai", "--json").error["code"] == "input_invalid"
