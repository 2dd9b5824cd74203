"""Files that share something slow, or single on a machine: one worker runs all of their tests (`pytest -n`).

pytest-xdist 3.8 has a mark for this and writes it into a test's id, which pytest 9.2 lets nobody change:
it does nothing. Two workers made the same group of processes, and stood in line for the one pcscd.
"""

from collections import Counter
from collections.abc import Sequence

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

SETS = (
    ("acceptance/desk/test_desk.py",),  # one demo, one after the other: the last test ends it
    ("acceptance/first_tap/test_first_tap.py", "acceptance/first_tap/test_games.py"),
    ("acceptance/first_tap/test_why.py",),
    (
        "acceptance/reader_daemon/test_card_to_screen.py",
        "acceptance/reader_daemon/test_demo_on_pcscd.py",
        "acceptance/reader_daemon/test_unplugged.py",
        "integration/reader_daemon/test_card_talks.py",
        "integration/reader_daemon/test_pcsc_readers.py",
        "integration/terminal/test_terminal_card_proofs.py",
        "integration/terminal/test_terminal_card_reader.py",
        "integration/terminal/test_terminal_card_writing.py",
    ),
    ("contract/storage/test_plans_postgres.py",),
    ("unit/kiosk/test_monkey.py",),
)
_SET_OF = {f"tests/{name}": f"set {number}" for number, each in enumerate(SETS) for name in each}


def set_of(nodeid: str) -> str:
    """What is run in one go: the tests of a set of files; any other test by itself."""
    return _SET_OF.get(nodeid.partition("::")[0], nodeid)


def told_apart(nodeids: Sequence[str]) -> list[str]:
    """The same ids, with a number where one stands again: the generated requests of the API all have one."""
    seen: Counter[str] = Counter()
    apart: list[str] = []
    for nodeid in nodeids:
        seen[nodeid] += 1
        apart.append(nodeid if seen[nodeid] == 1 else f"{nodeid} ({seen[nodeid]})")
    return apart


class Together(LoadScopeScheduling):
    """Gives each worker the next test, or the next set of them; the largest sets first."""

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        # Work is kept by id: of tests with one id only one would run.
        super().add_node_collection(node, told_apart(collection))

    def _split_scope(self, nodeid: str) -> str:
        return set_of(nodeid)
