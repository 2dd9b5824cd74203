"""In CI a skipped test is a failure unless its reason stands in `allowed_skips.txt`."""

import os
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ALLOWED_SKIPS = Path(__file__).with_name("allowed_skips.txt")


def read_allowed(path: Path) -> list[str]:
    """The patterns (fnmatch, over the whole reason) of lines `pattern  # why this may be skipped`."""
    patterns = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        pattern, _, why = (part.strip() for part in line.partition("#"))
        if pattern and not why:
            raise pytest.UsageError(f"{path}:{number}: say after '#' why {pattern!r} may be skipped")
        if pattern:
            patterns.append(pattern)
    return patterns


class SkipAccounting:
    """Collects skips where reports arrive (pytest-xdist: the controller) and fails the run for them."""

    def __init__(self, allowed: list[str]) -> None:
        self._allowed = allowed
        self._unlisted: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not hasattr(report, "wasxfail"):
            self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped:
            return
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = text.removeprefix("Skipped: ")
        if not any(fnmatchcase(reason, pattern) for pattern in self._allowed):
            self._unlisted[report.nodeid] = reason

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._unlisted and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._unlisted:
            return
        terminalreporter.section("skipped, and not on the written list: the run fails in CI")
        for test, reason in sorted(self._unlisted.items()):
            terminalreporter.line(f"{test}: {reason}")
        terminalreporter.line(
            "Install what is missing, or add the reason and why to tests/allowed_skips.txt."
        )


def register(config: pytest.Config, allowed_path: Path = ALLOWED_SKIPS) -> None:
    """Account for skips when the variable CI is set; does nothing in xdist workers."""
    if os.environ.get("CI") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(SkipAccounting(read_allowed(allowed_path)), "skip-accounting")
