import dataclasses
import importlib
import re
from pathlib import Path
from typing import get_type_hints

import pytest

from officine.programs import SECTIONS, ProgramName, is_configured, require_known_sections, settings_of
from officine.setting_words import description_of
from officine.settings import SettingsInvalid, read_file, sentences

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
        ('[central]\ndatabase = "x"\nport = "eighty"\n', {}, "[central] port", "must be a whole number"),
        ("", {"OFFICINE_CENTRAL_PORT": "eighty"}, "OFFICINE_CENTRAL_PORT", "must be a whole number"),
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


def test_a_misspelt_section_of_a_variable_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    environ = {"OFFICINE_REEDER_DRIVER": "pcsc", "OFFICINE_READER_DRIVER": "pcsc", "OFFICINE_SHARED": "/x"}
    with pytest.raises(SettingsInvalid, match=r"OFFICINE_REEDER_DRIVER: .* OFFICINE_READER_DRIVER\?$"):
        require_known_sections(write(tmp_path / "o.toml", ""), environ)


def test_all_that_is_wrong_in_a_section_is_told_at_once_with_section_and_key(tmp_path: Path) -> None:
    text = (
        "[terminal]\nstate_dir = 5\nnexo_prot = 1\nnexo_port = 70000\n"
        'printer = "hello"\nplain_nexo = "maybe"\n'
    )
    with pytest.raises(SettingsInvalid) as caught:
        settings_of("terminal", write(tmp_path / "o.toml", text), environ={"OFFICINE_TERMINAL_POI_ID": ""})
    told = sentences(caught.value)
    for start in (
        "[terminal] state_dir: must be a path",
        "[terminal] nexo_prot: is not a setting. Did you mean `nexo_port`?",
        "[terminal] plain_nexo: must be true or false",
        "[terminal]: lacks central_url, socket, reader_socket.",
        '[terminal] poi_id = "": must be',
        "[terminal] nexo_port = 70000: must be",
        "[terminal] printer = hello: ",
    ):
        assert [one for one in told if one.startswith(start)], (start, told)
    assert len(told) == 7
    assert "$" not in " ".join(told)


@pytest.mark.parametrize(("section", "program"), SECTIONS.items())
def test_every_type_of_a_setting_has_words(section: str, program: ProgramName) -> None:
    kind = getattr(importlib.import_module(program.module), program.settings_class)
    for key, hint in get_type_hints(kind).items():
        assert description_of(hint), f"[{section}] {key}"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("allowed_uids = [true]", "must be a list of whole numbers, such as [999]."),
        ('socket = ["a"]', "must be a path in quotes"),
        ("pcsc_readers = [1]", 'must be a list of texts in quotes, such as ["text"].'),
        ('led_pin = "x"', "must be a whole number"),
    ],
)
def test_a_wrong_type_is_told_in_words(line: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        settings_of("reader", write(tmp_path / "o.toml", f"[reader]\n{line}\n"), environ={})
    assert f"[reader] {line.split(maxsplit=1)[0]}: {told}" in str(caught.value)


def test_a_program_is_configured_by_its_section_or_a_variable(tmp_path: Path) -> None:
    file = write(tmp_path / "o.toml", "[reader]\n")
    assert is_configured("reader", file, environ={})
    assert not is_configured("kiosk", file, environ={})
    assert is_configured("central", file, environ={"OFFICINE_DATABASE": "sqlite:///x"})


@pytest.mark.parametrize("driver", ['"pcscd"', '["pcsc", "pcscd"]'])
def test_a_word_that_is_not_permitted_is_refused_with_those_that_are(driver: str, tmp_path: Path) -> None:
    file = write(tmp_path / "o.toml", f'[reader]\nsocket = "r"\ndriver = {driver}\n')
    with pytest.raises(SettingsInvalid, match=r"must be .*: simulated, pcsc, nfc, serial, keyboard"):
        settings_of("reader", file, environ={})
