import dataclasses
import re
from pathlib import Path

import pytest

from officine.programs import SECTIONS, is_configured, require_known_sections, settings_of
from officine.settings import SettingsInvalid, read_file

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "officine.example.toml"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("section", SECTIONS)
def test_the_example_documents_every_setting_and_loads(section: str) -> None:
    loaded = settings_of(section, EXAMPLE, environ={})
    shown = EXAMPLE.read_text(encoding="utf-8").partition(f"[{section}]\n")[2].partition("\n[")[0]
    documented = set(re.findall(r"(?m)^(?:# )?([a-z_]+) = ", shown))
    assert documented == {field.name for field in dataclasses.fields(loaded)}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_example_tells_the_real_defaults(section: str, tmp_path: Path) -> None:
    opened = re.sub(r"(?m)^# ([a-z_]+ = )", r"\1", EXAMPLE.read_text(encoding="utf-8"))
    loaded = settings_of(section, write(tmp_path / "all.toml", opened), environ={})
    for field in dataclasses.fields(loaded):
        if field.default not in (dataclasses.MISSING, None):
            assert getattr(loaded, field.name) == field.default, field.name


def test_the_example_has_no_section_that_nobody_reads() -> None:
    require_known_sections(EXAMPLE)
    assert set(read_file(EXAMPLE)) == set(SECTIONS)


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    file = write(tmp_path / "o.toml", '[central]\ndatabase = "sqlite:///a.db"\nport = 1\n')
    loaded = settings_of("central", file, environ={"OFFICINE_CENTRAL_PORT": "2"})
    assert (loaded.port, loaded.database) == (2, "sqlite:///a.db")


def test_the_database_variable_alone_is_enough_for_central(tmp_path: Path) -> None:
    file = write(tmp_path / "empty.toml", "")
    loaded = settings_of("central", file, environ={"OFFICINE_DATABASE": "sqlite:////srv/x.db"})
    assert loaded.secrets_file == Path("/srv/x.db.keys")


def test_a_list_can_be_given_as_a_variable() -> None:
    loaded = settings_of("kiosk", EXAMPLE, environ={"OFFICINE_KIOSK_SIZE": "[1280, 800]"})
    assert loaded.size == (1280, 800)


@pytest.mark.parametrize(
    ("text", "environ", "where", "what"),
    [
        ('[central]\ndatabsae = "x"\n', {}, "[central] databsae", "Did you mean `database`?"),
        ("[central]\nport = 8080\n", {}, "[central]", "OFFICINE_CENTRAL_DATABASE"),
        ('[central]\ndatabase = "x"\nport = "eighty"\n', {}, "[central] port", "int"),
        ("", {"OFFICINE_CENTRAL_PORT": "eighty"}, "OFFICINE_CENTRAL_PORT", "int"),
        ("", {"OFFICINE_CENTRAL_HSOT": "x"}, "OFFICINE_CENTRAL_HSOT", "Did you mean `host`?"),
        ("", {"OFFICINE_KIOSK_SIZE": "[800, "}, "OFFICINE_KIOSK_SIZE", "list"),
        ("[central\n", {}, "o.toml", "not TOML"),
    ],
)
def test_a_wrong_setting_names_its_place_and_the_mend(
    text: str, environ: dict[str, str], where: str, what: str, tmp_path: Path
) -> None:
    section = "kiosk" if "OFFICINE_KIOSK_SIZE" in environ else "central"
    with pytest.raises(SettingsInvalid) as caught:
        settings_of(section, write(tmp_path / "o.toml", text), environ=environ)
    assert where in str(caught.value)
    assert what in str(caught.value)


def test_a_misspelt_section_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"Did you mean \[terminal\]"):
        require_known_sections(write(tmp_path / "o.toml", "[terminla]\n"))


def test_a_program_is_configured_by_its_section_or_a_variable(tmp_path: Path) -> None:
    file = write(tmp_path / "o.toml", "[reader]\n")
    assert is_configured("reader", file, environ={})
    assert not is_configured("kiosk", file, environ={})
    assert is_configured("central", file, environ={"OFFICINE_DATABASE": "sqlite:///x"})


@pytest.mark.parametrize("driver", ['"pcscd"', '["pcsc", "pcscd"]'])
def test_a_word_that_is_not_permitted_is_refused_with_those_that_are(driver: str, tmp_path: Path) -> None:
    file = write(tmp_path / "o.toml", f'[reader]\nsocket = "r"\ndriver = {driver}\n')
    with pytest.raises(SettingsInvalid, match="Permitted: simulated, pcsc, nfc, serial, keyboard"):
        settings_of("reader", file, environ={})
