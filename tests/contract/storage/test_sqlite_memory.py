"""A process that serves has SQLite count no memory, and is left alone where something is open already."""

import subprocess
import sys
from pathlib import Path

_COUNTED = """
import sys, apsw
from pathlib import Path
from central.storage.sqlite.connection import count_no_memory, open_writer
first = apsw.Connection(":memory:") if sys.argv[2] == "open" else None
count_no_memory()
open_writer(Path(sys.argv[1])).execute("CREATE TABLE t (x)")
print(apsw.memory_used())
"""


def _counted(path: Path, what: str) -> int:
    asked = [sys.executable, "-c", _COUNTED, str(path), what]
    return int(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)


def test_a_serving_process_counts_no_memory_but_never_pulls_sqlite_from_under_what_is_open(
    tmp_path: Path,
) -> None:
    assert _counted(tmp_path / "one.db", "nothing") == 0
    assert _counted(tmp_path / "two.db", "open") > 0
