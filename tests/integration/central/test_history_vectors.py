"""History vectors: returns, expiry and vouchers with their arithmetic spelled out, on both engines."""

import json
from pathlib import Path
from typing import Any

import pytest

from central.settings import Secrets, load_secrets
from tests.central_fixture import database_of
from tests.integration.central.history_run import run_history
from tests.vectors import evaluator

CASES: list[dict[str, Any]] = [
    case
    for path in sorted((Path(evaluator.__file__).parent / "histories").glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
]


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return load_secrets(tmp_path / "secrets")


@pytest.fixture
def database(tmp_path: Path, engine: str) -> str:
    assert engine
    return database_of(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_history_comes_out_as_the_arithmetic_says(
    case: dict[str, Any], database: str, secrets: Secrets
) -> None:
    told = await run_history(case, database, secrets)
    acts = {act["id"] for act in case["acts"]}
    stated = {name: value for name, _, value in case["steps"] if name.partition("_")[0] in acts}
    assert {name: told.get(name) for name in stated} == stated
    assert acts == {name.partition("_")[0] for name in stated}, "every act is looked at"


def test_both_awkward_kinds_have_a_good_handful_of_cases() -> None:
    kinds = [case["awkward"] for case in CASES]
    assert kinds.count("return after expiry") >= 10
    assert kinds.count("voucher on a returned ticket") >= 10
    assert len({case["name"] for case in CASES}) == len(CASES)
