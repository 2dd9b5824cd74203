"""The accounting of skips, by real pytest runs in a directory of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]

CONFTEST = """
from pathlib import Path
from tests import skips

def pytest_configure(config):
    skips.register(config, Path(__file__).with_name("allowed.txt"))
"""
PASSES = """
import pytest

def test_passes():
    pass

@pytest.mark.xfail(reason="known, and no skip", strict=True)
def test_expected_failure():
    assert False
"""
SKIPS = """
import pytest

def test_skips():
    pytest.skip("no pcscd at /run/pcscd")
"""
SKIPS_AS_MODULE = """
import pytest

pytest.skip("no display here", allow_module_level=True)
"""


@pytest.fixture
def run(tmp_path: Path):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")

    def run(tests: list[str], allowed: str = "", ci: str = "true", args: tuple[str, ...] = ()):
        (tmp_path / "allowed.txt").write_text(allowed)
        for number, text in enumerate(tests):
            (tmp_path / f"test_{number}.py").write_text(text)
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "CI"))
        }
        environment |= {"PYTHONPATH": str(PROJECT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environment |= {"CI": ci} if ci else {}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args]
        return subprocess.run(
            command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )

    return run


@pytest.fixture(params=[(), ("-p", "xdist", "-n", "2")], ids=["alone", "xdist"])
def args(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return request.param


def test_an_unlisted_skip_fails_the_run_and_is_explained(run, args) -> None:
    result = run([PASSES, SKIPS], args=args)

    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert "test_1.py::test_skips: no pcscd at /run/pcscd" in result.stdout
    assert "allowed_skips.txt" in result.stdout


def test_a_module_skipped_whole_fails_the_run(run, args) -> None:
    result = run([PASSES, SKIPS_AS_MODULE], args=args)

    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert "test_1.py: no display here" in result.stdout


def test_a_listed_skip_passes(run, args) -> None:
    allowed = "# a comment\n\nno pcscd at *  # no smart card daemon in the image\n"

    assert run([PASSES, SKIPS], allowed, args=args).returncode == pytest.ExitCode.OK


def test_an_expected_failure_is_no_skip(run, args) -> None:
    assert run([PASSES], args=args).returncode == pytest.ExitCode.OK


def test_outside_ci_a_skip_is_only_a_skip(run) -> None:
    assert run([PASSES, SKIPS], ci="").returncode == pytest.ExitCode.OK


def test_a_pattern_without_its_why_stops_the_run(run) -> None:
    result = run([PASSES, SKIPS], "no pcscd at *\n")

    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "say after '#' why" in result.stderr


def test_a_listed_skip_does_not_hide_a_failure(run, args) -> None:
    result = run(["def test_fails():\n    assert 1 == 2\n", SKIPS], "no pcscd*  # why\n", args=args)

    assert result.returncode == pytest.ExitCode.TESTS_FAILED
