"""docs/commands.md, written from --help: `python -m officine.commands_page` writes it anew."""

from collections.abc import Iterator
from pathlib import Path

import click

from officine.main import SUBCOMMANDS, cli

PAGE = Path("docs/commands.md")
WIDTH = 100
HEAD = """# The command line

Everything `officine` can do, as its `--help` says it. Written by `python -m officine.commands_page`.

- `--config FILE` before the command names the settings file; every setting is also a variable
  ([officine.example.toml](../officine.example.toml)).
- `--json` prints one JSON document on standard output and nothing else; errors are then JSON on standard
  error: `{"code": ..., "detail": ...}` with the codes of [errors.md](errors.md).
- Exit status: 0 done, 1 expected trouble or something found, 2 wrong usage, 130 Ctrl-C.
"""


def render() -> str:
    """The page: every command with its help, in the order of the alphabet."""
    context = click.Context(
        cli,
        info_name="officine",
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=cli.context_settings["help_option_names"],
    )
    parts = [HEAD, _section(context, "officine", cli)]
    for name in sorted(SUBCOMMANDS):
        command = cli.get_command(context, name)
        assert command is not None, f"SUBCOMMANDS names {name}, but it is not there"
        parts += [_section(at, path, each) for at, path, each in _tree(context, f"officine {name}", command)]
    return "\n".join(parts)


def _tree(
    parent: click.Context, path: str, command: click.Command
) -> Iterator[tuple[click.Context, str, click.Command]]:
    context = click.Context(command, parent=parent, info_name=path.rpartition(" ")[2])
    yield context, path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _tree(context, f"{path} {name}", command.commands[name])


def _section(context: click.Context, path: str, command: click.Command) -> str:
    depth = 3 if path.count(" ") > 1 else 2
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    return f"\n{'#' * depth} {path}\n\n```text\n{text}\n```"


if __name__ == "__main__":
    PAGE.write_text(render() + "\n", encoding="utf-8")
    print(f"wrote {PAGE}")
