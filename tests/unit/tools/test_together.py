"""Tests that share something slow run in one worker."""

from pathlib import Path

from tests.together import SETS, set_of, told_apart

TESTS = Path(__file__).parents[2]


def test_files_of_a_set_run_together_and_every_other_test_by_itself() -> None:
    pcscd = [f"tests/{name}::test_a[one::two]" for name in SETS[3]]
    assert len({set_of(each) for each in pcscd}) == 1
    assert set_of(pcscd[0]) != set_of(f"tests/{SETS[0][0]}::test_a")
    assert set_of("tests/unit/tools/test_together.py::test_a") == "tests/unit/tools/test_together.py::test_a"


def test_the_files_of_sets_are_there_and_name_those_that_use_the_one_pcscd() -> None:
    assert [name for each in SETS for name in each if not (TESTS / name).is_file()] == []
    using = {
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("test_*.py")
        if "IN_TURN" in path.read_text() and path != Path(__file__)
    }
    assert using == set(SETS[3])


def test_tests_of_one_id_are_told_apart_so_that_each_is_run() -> None:
    ids = ["a::x", "a::y", "a::x", "a::x"]
    assert told_apart(ids) == ["a::x", "a::y", "a::x (2)", "a::x (3)"]
    assert len(set(told_apart(ids))) == len(ids)
