"""The house rules find what they are for, and let pass what is right."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty.errors import LoyaltyError
from tools.checks import docstrings, errors_doc, features, limits_doc, links, locks, sizes, words
from tools.checks.__main__ import main
from tools.checks.tree import Finding, Tree

MakeTree = Callable[[dict[str, str]], Tree]
PYPROJECT = """
[project]
requires-python = ">=3.11"
dependencies = ["click>=8"]
[project.optional-dependencies]
central = ["apsw>=3"]
terminal = ["pygame-ce>=2"]
dev = ["pytest>=9"]
"""


@pytest.fixture
def a_tree(tmp_path: Path) -> MakeTree:
    """A git checkout of the given files."""

    def make(files: dict[str, str]) -> Tree:
        subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Tree(tmp_path)

    return make


def texts(findings: list[Finding]) -> str:
    return "\n".join(str(finding) for finding in findings)


def test_ignored_and_deleted_files_are_not_looked_at(a_tree: MakeTree) -> None:
    tree = a_tree({"kept.py": "", "ignored.py": "", ".gitignore": "ignored.py\n"})
    assert tree.files == (".gitignore", "kept.py")


@pytest.mark.parametrize(("lines", "is_found"), [(600, False), (601, True)])
def test_a_file_over_600_lines_is_found(a_tree: MakeTree, lines: int, is_found: bool) -> None:
    assert bool(list(sizes.check(a_tree({"central/a.py": "x = 1\n" * lines})))) is is_found


@pytest.mark.parametrize(("lines", "is_found"), [(70, False), (71, True)])
def test_a_function_over_70_lines_is_found(a_tree: MakeTree, lines: int, is_found: bool) -> None:
    source = "def f():\n" + "    x = 1\n" * (lines - 1)
    assert bool(list(sizes.check(a_tree({"central/a.py": source})))) is is_found


def test_files_over_the_aim_are_only_listed(a_tree: MakeTree) -> None:
    tree = a_tree({"a.py": "x = 1\n" * 301, "b.py": "x = 1\n" * 300})
    assert sizes.long_files(tree) == [(301, "a.py")]
    assert list(sizes.check(tree)) == []


def test_public_names_without_a_docstring_are_found(a_tree: MakeTree) -> None:
    methods = "    def verb(self): pass\n    def _own(self): pass\n"
    source = f"def shown(): pass\ndef _own(): pass\nclass Shown:\n{methods}"
    found = texts(list(docstrings.check(a_tree({"central/a.py": source, "tests/test_a.py": source}))))
    assert [line.partition(": ")[2] for line in found.splitlines()] == [
        "the module has no docstring: what is it for?",
        "shown has no docstring",
        "class Shown has no docstring",
        "Shown.verb has no docstring",
    ]


def test_what_fills_a_protocol_need_not_repeat_it(a_tree: MakeTree) -> None:
    declared = '"""M."""\nclass Store(Protocol):\n    """Verbs."""\n    def find_x(self): ...\n'
    filled = '"""M."""\ndef find_x(): return 1\n'
    tree = a_tree({"central/base.py": declared, "central/engine.py": filled, "kiosk/other.py": filled})
    assert texts(list(docstrings.check(tree))) == "kiosk/other.py:2: find_x has no docstring"


def test_unfinished_work_and_places_are_found_in_every_kind_of_file(a_tree: MakeTree) -> None:
    # Put together here, so that this file is not found itself.
    tree = a_tree(
        {
            "a.sql": "-- {}{} later\n".format("TO", "DO"),
            "b.md": "see /{}/main/x\n".format("work"),
            "c.toml": "url = 'https://{}.org/simple'\n".format("pypi"),
            "d.sh": "pip install --index-{}=x\n".format("url"),
        }
    )
    assert [finding.path for finding in words.check(tree)] == ["a.sql", "b.md", "c.toml", "d.sh"]


def test_words_near_the_forbidden_ones_are_left_alone(a_tree: MakeTree) -> None:
    python = "method = scheme = user = status = 1\n'wallet'\nNOT_A_TODO_LIST = '/work/day'\n"
    tree = a_tree({"a.py": python, "b.md": "The working day; Apple Wallet; a to-do.\n"})
    assert texts(list(words.check(tree))) == ""


@pytest.mark.parametrize(
    "name", ["wallet", "WALLETS", "customer_id", "memberStatus", "open_wallet", "TierLevel"]
)
def test_foreign_words_in_identifiers_are_found(a_tree: MakeTree, name: str) -> None:
    (found,) = words.check(a_tree({"a.py": f"{name} = 1\n"}))
    assert "GLOSSARY.md" in found.text


def a_lock(name: str, *packages: str, pyproject: str = PYPROJECT) -> str:
    pins = "".join(f"{package} \\\n    --hash=sha256:{'0' * 64}\n" for package in packages)
    return f"{locks.signature(pyproject, name)}\n{pins}"


def lock_files(**changed: str) -> dict[str, str]:
    every = ("apsw==3.1", "click==8.1", "pygame-ce==2.5", "pytest==9.0")
    files = {
        "pyproject.toml": PYPROJECT,
        "requirements/all.lock": a_lock("requirements/all.lock", *every),
        "requirements/central.lock": a_lock("requirements/central.lock", "apsw==3.1", "click==8.1"),
        "requirements/terminal.lock": a_lock("requirements/terminal.lock", "click==8.1", "pygame-ce==2.5"),
        "requirements/reader.lock": a_lock("requirements/reader.lock", "click==8.1", "pyscard==2.3"),
        "requirements/provisioning.lock": a_lock("requirements/provisioning.lock", "ansible==12.3"),
        "requirements/fuzz.lock": a_lock("requirements/fuzz.lock", "atheris==3.0"),
    }
    return files | {name.replace("__", "/").replace("_", "."): text for name, text in changed.items()}


def test_locks_in_step_pass(a_tree: MakeTree) -> None:
    assert texts(list(locks.check(a_tree(lock_files())))) == ""


def test_a_new_development_dependency_puts_only_the_whole_lock_out_of_step(a_tree: MakeTree) -> None:
    files = lock_files(pyproject_toml=PYPROJECT.replace('"pytest>=9"', '"pytest>=9", "ruff"'))
    assert [finding.path for finding in locks.check(a_tree(files))] == ["requirements/all.lock"]


def test_a_lock_with_another_version_than_the_whole_lock_is_found(a_tree: MakeTree) -> None:
    other = a_lock("requirements/central.lock", "apsw==3.2", "click==8.1")
    (found,) = locks.check(a_tree(lock_files(requirements__central_lock=other)))
    assert "apsw 3.2" in found.text


def test_a_compiled_package_is_in_its_own_lock_alone_but_at_the_common_versions(a_tree: MakeTree) -> None:
    other = a_lock("requirements/reader.lock", "click==8.2", "pyscard==2.3")
    (found,) = locks.check(a_tree(lock_files(requirements__reader_lock=other)))
    assert (found.path, "click 8.2" in found.text) == ("requirements/reader.lock", True)


def test_a_requirement_without_hash_is_found(a_tree: MakeTree) -> None:
    bare = a_lock("requirements/central.lock", "apsw==3.1") + "click==8.1\n"
    (found,) = locks.check(a_tree(lock_files(requirements__central_lock=bare)))
    assert "click==8.1" in found.text


def test_signing_twice_leaves_one_first_line(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    lock = tmp_path / "central.lock"
    lock.write_text("apsw==3.1\n")
    for _ in range(2):
        locks.sign(lock, tmp_path / "pyproject.toml")
    assert lock.read_text() == locks.signature(PYPROJECT, "requirements/central.lock") + "\napsw==3.1\n"


LIMITS = '''"""Limits."""
from typing import Final

# Web
BODY_BYTES_MAX: Final = 1024 * 1024
HALF_BYTES_MAX: Final = BODY_BYTES_MAX // 2
"""Half
of it."""

# Time
WAIT_S: Final = 0.05
GRACE_S: Final = 90
FRAMES_PER_S_MAX: Final = 12
'''
LATER = '''"""Limits."""
# Of another module
TWICE_S: Final = 2 * GRACE_S
"""Twice."""
'''


def test_limits_are_shown_with_section_unit_and_meaning() -> None:
    page = limits_doc.render({"loyalty/limits/web.py": LIMITS, "loyalty/limits/a.py": LATER})
    rows = [line for line in page.splitlines() if line.startswith(("| `", "## "))]
    assert rows == [
        "## Of another module",
        "| `TWICE_S` | 180 s (3 min) | Twice. |",
        "## Web",
        "| `BODY_BYTES_MAX` | 1 048 576 B (1 MiB) |  |",
        "| `HALF_BYTES_MAX` | 524 288 B (512 KiB) | Half of it. |",
        "## Time",
        "| `WAIT_S` | 0.05 s |  |",
        "| `GRACE_S` | 90 s |  |",
        "| `FRAMES_PER_S_MAX` | 12 |  |",
    ]


def test_a_changed_limit_makes_the_page_stale(a_tree: MakeTree) -> None:
    files = {"loyalty/limits/web.py": LIMITS}
    files["docs/limits.md"] = limits_doc.render(files)
    assert list(limits_doc.check(a_tree(files))) == []
    assert list(limits_doc.check(a_tree(files | {"loyalty/limits/web.py": LIMITS.replace("90", "91")})))


class Family(LoyaltyError):
    """Gathers the two below."""


class FirstTrouble(Family):
    """Happens first."""

    code = "first_trouble"
    text = "Do this | or that."


class SameCode(Family):
    """Has a code that another has."""

    code = "first_trouble"
    text = "Do that."


class Silent(LoyaltyError):
    code = "silent"


def test_errors_that_cannot_be_told_apart_or_understood_are_found() -> None:
    found = [text for _, text in errors_doc.problems([FirstTrouble, SameCode, Silent])]
    assert found == [
        "SameCode has the code of FirstTrouble: 'first_trouble'",
        "Silent has no text that says what to do next",
        "Silent has no docstring: when does it happen?",
    ]


def test_an_error_without_a_code_of_its_own_is_found_and_a_family_is_not() -> None:
    assert errors_doc.is_family(Family)
    assert not errors_doc.is_family(FirstTrouble)
    nameless = type("Nameless", (FirstTrouble,), {"__doc__": "Inherits its code."})
    assert [text for _, text in errors_doc.problems([nameless])] == ["Nameless has no code of its own"]


def test_the_errors_page_shows_code_trouble_meaning_and_text() -> None:
    row = errors_doc.render([FirstTrouble]).splitlines()[-1]
    assert row == "| `first_trouble` | invalid | Happens first. | Do this \\| or that. |"


def test_errors_of_tests_are_not_documented() -> None:
    assert FirstTrouble not in errors_doc.all_errors()


IDS = features.IDS_FILE.read_text().split()


def a_features_page(**changed: str) -> str:
    rows = {name: f"| {name} | Something | not yet | |" for name in IDS}
    rows.update({name.replace("_", "-"): row for name, row in changed.items()})
    return "\n".join(row for row in rows.values() if row) + "\n"


def test_the_catalogue_has_162_ids_once_each() -> None:
    assert len(IDS) == len(set(IDS)) == 162


def test_a_whole_page_with_a_shown_claim_passes(a_tree: MakeTree) -> None:
    row = "| P-11 | Balance | works | `tests/test_a.py::test_balance`, `tests/test_a.py` |"
    tree = a_tree(
        {"docs/features.md": a_features_page(P_11=row), "tests/test_a.py": "def test_balance(): ...\n"}
    )
    assert texts(list(features.check(tree))) == ""


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("", "rows are missing: P-11"),
        ("| P-11 | Balance | works | |", "no test shows it"),
        ("| P-11 | Balance | partly | `tests/gone.py` |", "there is no tests/gone.py"),
        ("| P-11 | Balance | works | `tests/test_a.py::test_gone` |", "has no test test_gone"),
        ("| P-11 | Balance | done | |", "'done' is none of"),
        ("| P-11 | | not yet | |", "does not say what one gets"),
        ("| P-11 | Balance | not yet | |\n| P-11 | Balance | not yet | |", "stands twice"),
        ("| P-11 | Balance | not yet | |\n| P-99 | More | not yet | |", "P-99 is not an ID"),
    ],
)
def test_claims_that_do_not_hold_are_found(a_tree: MakeTree, row: str, expected: str) -> None:
    tree = a_tree({"docs/features.md": a_features_page(P_11=row), "tests/test_a.py": "def test_b(): ...\n"})
    (found,) = features.check(tree)
    assert expected in found.text


def test_links_and_mentions_that_lead_nowhere_are_found(a_tree: MakeTree) -> None:
    tree = a_tree(
        {
            "README.md": "[a](docs/a.md#x) [b](docs/b.md) [web](https://example.org/c.md) [folder](docs)\n",
            "docs/a.md": "[up](../README.md) [beside](c.md)\n",
            "central/x.py": '"""See docs/a.md and docs/gone.md."""\n',
        }
    )
    assert sorted(finding.text for finding in links.check(tree)) == [
        "there is no docs/b.md",
        "there is no docs/c.md",
        "there is no docs/gone.md",
    ]


def test_the_command_fails_when_there_is_something_to_mend(
    a_tree: MakeTree, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = a_tree({"a.py": "wallet = 1\n"})
    assert main(["words", "--root", str(tree.root)]) == 1
    assert "a.py:1: 'wallet': say purse or stored value" in capsys.readouterr().out
    (tree.root / "a.py").write_text("purse = 1\n")
    assert main(["words", "--root", str(tree.root)]) == 0
