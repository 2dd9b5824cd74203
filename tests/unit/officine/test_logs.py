import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from officine.logs import log_what_ends_the_program, set_up_logs
from tests.integration.officine.cli import logging_kept

CARD = "2990000000019"


@pytest.fixture(autouse=True)
def _logging_is_put_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with logging_kept():
        yield


def fail_with_a_card_at_hand() -> None:
    card_number = CARD
    raise ValueError(f"something with {len(card_number)} digits failed")


def log_a_failure() -> None:
    try:
        fail_with_a_card_at_hand()
    except ValueError:
        structlog.get_logger().exception("it_failed", request_id="r-1")


@pytest.mark.parametrize("is_person", [True, False])
def test_a_traceback_never_shows_local_values(is_person: bool, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info", is_person=is_person)
    log_a_failure()
    err = capsys.readouterr().err
    assert "ValueError" in err
    assert "fail_with_a_card_at_hand" in err
    assert CARD not in err


@pytest.mark.parametrize("is_person", [True, False])
def test_what_nobody_caught_is_logged_without_local_values(
    is_person: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("info", is_person=is_person)
    log_what_ends_the_program()
    try:
        fail_with_a_card_at_hand()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    err = capsys.readouterr().err
    assert "program_failed" in err
    assert "fail_with_a_card_at_hand" in err
    assert CARD not in err


def test_machines_get_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info", is_person=False)
    log_a_failure()
    structlog.get_logger().info("link_up", tap_id="t-1")
    failed, linked = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (failed["event"], failed["level"], failed["request_id"]) == ("it_failed", "error", "r-1")
    assert (linked["event"], linked["tap_id"]) == ("link_up", "t-1")


def test_libraries_speak_through_the_same_renderer_from_warnings_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("debug", is_person=False)
    logging.getLogger("aiohttp.server").warning("a %s", "warning")
    logging.getLogger("aiohttp.server").info("chatter")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "a warning"


def test_a_level_hides_what_is_below(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("warning", is_person=False)
    structlog.get_logger().info("quiet")
    assert capsys.readouterr() == ("", "")
