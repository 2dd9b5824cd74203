"""A core kept busy beside what is measured: two cores may share the units and caches of one.

The endpoint is measured with a load on the other core, the raw store without: where cores are no more than
threads of one, the store alone has more of the machine. Run as a program it works until it is killed.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tools.bench.cores import on_cores


@contextmanager
def busy(cores: frozenset[int]) -> Iterator[None]:
    """These cores do what a client does, texts into objects and back, for a while."""
    with on_cores(cores):
        process = subprocess.Popen([sys.executable, "-m", "tools.bench.busy"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Never ends by itself."""
    lines = [{"line_no": number, "code": f"76{number:011}", "amount_minor": number} for number in range(50)]
    while True:
        json.loads(json.dumps(lines))


if __name__ == "__main__":
    main()
