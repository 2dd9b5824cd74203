"""The mutation tool's quick vectors: where they fail without any change, it can judge nothing."""

from tests.unit.loyalty import vector_run


def test_every_vector_agrees_as_the_mutation_tool_runs_them() -> None:
    assert vector_run.agrees()
