import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from officine import commands_page
from officine.main import SUBCOMMANDS, cli

ROOT = Path(__file__).parents[3]
PROGRAM_COMMANDS = {"run", "class-rules"}
"""Commands that print no facts: programs that run until they are stopped, and a file's text."""


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    for name in SUBCOMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield from tree(name, command)


def tree(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from tree(f"{path} {name}", each)


COMMANDS = dict(commands())
LEAVES = {path: each for path, each in COMMANDS.items() if not isinstance(each, click.Group)}


def test_help_loads_neither_a_program_nor_its_libraries() -> None:
    script = (
        "import sys, json, contextlib, io\n"
        "from officine.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main(['--help'])\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    loaded = set(json.loads(done.stdout))
    assert "click" in loaded
    unwanted = {"aiohttp", "pygame", "apsw", "cryptography", "central", "terminal", "kiosk", "reader_daemon"}
    assert not loaded & (unwanted | {"tools", "wire", "structlog"})


@pytest.mark.parametrize("path", list(LEAVES))
def test_every_command_shows_an_example_that_names_it(path: str) -> None:
    help_text = LEAVES[path].help or ""
    words = path.split()
    examples = help_text.partition("Example")[2]
    assert all(word in examples for word in words), f"officine {path} --help has no example of itself"


@pytest.mark.parametrize("path", [path for path in LEAVES if path.split()[-1] not in PROGRAM_COMMANDS])
def test_every_command_that_prints_facts_can_print_json(path: str) -> None:
    assert "--json" in {option for parameter in LEAVES[path].params for option in parameter.opts}


@pytest.mark.parametrize("path", COMMANDS)
def test_help_stays_within_100_columns(path: str) -> None:
    context = click.Context(
        COMMANDS[path],
        info_name=f"officine {path}",
        terminal_width=100,
        max_content_width=100,
        help_option_names=["-h", "--help"],
    )
    assert max(map(len, COMMANDS[path].get_help(context).splitlines())) <= 100


def test_the_page_of_commands_is_in_step_with_the_code() -> None:
    page = (ROOT / commands_page.PAGE).read_text(encoding="utf-8")
    assert page == commands_page.render() + "\n", "run: python -m officine.commands_page"


def test_the_roles_of_the_command_are_those_of_central() -> None:
    from central.services.core.access import ROLES as OF_CENTRAL
    from officine.commands.token_ import ROLES

    assert set(ROLES) == set(OF_CENTRAL)
