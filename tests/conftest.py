"""What every test gets: no blocking call on an event loop, short socket paths, accounted skips."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import settings

from tests import skips
from tests.postgres import Server, running_server
from tests.together import Together
from tools.cards.vpcd import PORT

# A run of CI says something of the change, not of the day: it draws the same examples each time. Whoever runs
# the tests by hand draws new ones, and finds what CI has not seen.
# No profile has a deadline: how long an example takes is the machine's affair; pytest's timeout ends a hang.
settings.register_profile("by_hand", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None)
# `pytest --hypothesis-profile long tests/property/nexo`: twenty times as many, for an afternoon.
settings.register_profile("long", max_examples=2_000, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "by_hand")

OUR_PACKAGES = ["loyalty", "wire", "reader_daemon", "terminal", "kiosk", "central"]


RESERVED_PORTS = Path("/proc/sys/net/ipv4/ip_local_reserved_ports")
VPCD_PORTS = f"{PORT}-{PORT + 1}"
"""Where pcscd's virtual reader listens. Thousands of connections of other tests would else be given them."""

MEMORY = Path("/dev/shm")
MEMORY_BYTES_MIN = 2 << 30


def pytest_configure(config: pytest.Config) -> None:
    keep_files_in_memory()
    with contextlib.suppress(OSError):  # not root: then a test of the readers may have to be run again
        if VPCD_PORTS not in (reserved := RESERVED_PORTS.read_text().strip()):
            RESERVED_PORTS.write_text(",".join(filter(None, (reserved, VPCD_PORTS))))
    skips.register(config)


def keep_files_in_memory() -> None:
    """Thousands of small databases commit durably; on a disk that is most of the time that the tests take.

    Nothing is tested less: programs are killed here, not machines, and what the kernel took it has. Where
    `TMPDIR` names a place, or there is no room in memory, files go there as ever.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    free = os.statvfs(MEMORY)
    if free.f_bavail * free.f_frsize < MEMORY_BYTES_MIN:
        return
    os.environ["TMPDIR"] = str(MEMORY)  # for the programs that tests start, and the workers of this run
    tempfile.tempdir = None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Who runs what where there are several workers."""
    return Together(config, log)


@pytest.fixture(autouse=True)
def logs_of_tests() -> None:
    """Each test begins with the same logs, on standard output: a command of an earlier one set up its own."""
    # structlog's default draws tracebacks with rich: reads source files on the loop, shows local values.
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.reset_defaults()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, renderer]
    )


@pytest.fixture(autouse=True, scope="session")
def nothing_blocks_a_loop() -> Iterator[BlockBuster]:
    """A blocking call made by our packages where an event loop runs raises BlockingError."""
    with blockbuster_ctx(scanned_modules=OUR_PACKAGES) as watch:
        yield watch


@pytest.fixture
def socket_dir() -> Iterator[Path]:
    """A directory with a short path: AF_UNIX paths end at 107 bytes and pytest's are long."""
    path = Path(tempfile.mkdtemp(prefix="of-", dir="/tmp"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server of this run's own, or the one that OFFICINE_TEST_PG names."""
    with running_server() as server:
        if server is None:
            pytest.skip(
                "no PostgreSQL 15 or newer here: apt install postgresql, or name one in OFFICINE_TEST_PG"
            )
        yield server
