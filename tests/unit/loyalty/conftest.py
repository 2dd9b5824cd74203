from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def docs_rules() -> str:
    return (ROOT / "docs" / "rules.md").read_text("utf-8")


@pytest.fixture(scope="session")
def docs_ledger() -> str:
    return (ROOT / "docs" / "ledger.md").read_text("utf-8")
