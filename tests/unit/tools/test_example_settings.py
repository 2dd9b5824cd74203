"""officine.example.toml shows every setting of every program, and loads."""

import dataclasses
import importlib
import re
from pathlib import Path

import pytest

from officine import settings

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "officine.example.toml"
SECTIONS = {"reader_daemon": "reader"}
PROGRAMS = sorted(path.parent.name for path in ROOT.glob("*/settings.py") if path.parent.name != "officine")


def settings_class(program: str) -> type:
    module = importlib.import_module(f"{program}.settings")
    (found,) = (kind for name, kind in vars(module).items() if name.endswith("Settings"))
    assert isinstance(found, type)
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_example_as_it_stands_is_accepted(program: str) -> None:
    section = SECTIONS.get(program, program)
    assert settings.load(settings_class(program), section, EXAMPLE, environ={})


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_example_shows_every_setting_with_its_default(program: str, tmp_path: Path) -> None:
    section = SECTIONS.get(program, program)
    kind = settings_class(program)
    opened = tmp_path / "all.toml"
    opened.write_text(re.sub(r"(?m)^# ([a-z_]+ = )", r"\1", EXAMPLE.read_text(encoding="utf-8")))
    table = settings.read_file(opened)[section]
    fields = {field.name: field.default for field in dataclasses.fields(kind)}
    assert set(table) == set(fields)
    loaded: object = settings.load(kind, section, opened, environ={})
    for name, default in fields.items():
        if default not in (dataclasses.MISSING, None):
            assert getattr(loaded, name) == default, name
