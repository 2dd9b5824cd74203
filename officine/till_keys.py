"""`officine till key`: the keys of the encrypted messages between this terminal and its tills."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loyalty.errors import LoyaltyError
from officine.output import console, json_option, print_facts, print_json
from officine.programs import is_configured, settings_of

if TYPE_CHECKING:
    from wire.nexo.envelope import SealingKey


class KeysFileUnknown(LoyaltyError):
    """No settings say where the keys lie."""

    code = "till_keys_file_unknown"
    text = (
        "No settings of a terminal are here. Name its file of keys: officine till key --file PATH ...,"
        " the one that its settings name: [terminal] till_keys_file."
    )


def keys_file_of(config: str | Path | None) -> Path | None:
    """Where this machine's terminal keeps its till keys; None where it has no terminal."""
    if not is_configured("terminal", config):
        return None
    path: Path = settings_of("terminal", config).till_keys_path
    return path


def newest_key(path: Path | None) -> "SealingKey | None":
    """The key to be a till with; None where there is none: messages go plain then.

    Raises: TillKeysUnusable.
    """
    from terminal.till.keys import key_file
    from wire.nexo.envelope import SealingKey, derive

    keys = key_file.load(path) if path is not None else ()
    shared = (key for key in keys if key.till is None)  # a paired till has its own, in its own file
    newest = max(shared, key=lambda key: key.version, default=None)
    if newest is None:
        return None
    return SealingKey(newest.identifier, newest.version, derive(newest.passphrase))


@click.group("key")
@click.option(
    "--file", "file", type=click.Path(dir_okay=False, path_type=Path), help="Default: the settings' file."
)
@click.pass_context
def key_group(ctx: click.Context, file: Path | None) -> None:
    """Keep the keys that this terminal and its tills share.

    They lie in the file that the terminal's settings name: [terminal] till_keys_file, till-keys.json in its
    state_dir where none is named; run this as the user who owns it. Nothing else is to be written there:
    without plain_nexo = true the terminal takes messages under these keys alone.
    The agent reads a changed file by itself. To rotate a key: add its next version, enter that at the till,
    then remove the old one; until then both open messages.

    Examples:
      officine till key add TILL-1
      officine till key remove TILL-1 1
    """
    ctx.obj = file or ctx.obj.keys_file


def _file_of(ctx: click.Context) -> Path:
    """Raises: KeysFileUnknown."""
    path: Path | None = ctx.obj
    if path is None:
        raise KeysFileUnknown
    return path


@key_group.command("add")
@click.argument("identifier", metavar="IDENTIFIER")
@click.option("--version", type=click.IntRange(1, 1_000_000_000), help="Default: the next.")
@click.option("--passphrase-stdin", is_flag=True, help="Read the till's passphrase from standard input.")
@json_option
@click.pass_context
def add_key(
    ctx: click.Context, identifier: str, version: int | None, passphrase_stdin: bool, as_json: bool
) -> None:
    """Add a key, or the next version of one. A passphrase made here is told once: enter it at the till.

    IDENTIFIER: what the till calls its key (KeyIdentifier), such as its name. At the till go identifier,
    version and passphrase; here nothing more: the key goes into the file of [terminal] till_keys_file, which
    the agent reads by itself.

    Examples:
      officine till key add TILL-1
      officine till key add TILL-1 --version 7 --passphrase-stdin < passphrase.txt
    """
    import msgspec

    from terminal.till.keys import key_file

    path = _file_of(ctx)
    given = sys.stdin.readline().rstrip("\r\n") if passphrase_stdin else None
    passphrase = key_file.new_passphrase() if given is None else given
    with key_file.changing(path):
        keys = key_file.load(path)
        said = {
            "identifier": identifier,
            "version": version or key_file.next_version(keys, identifier),
            "passphrase": passphrase,
        }
        try:
            new = msgspec.convert(said, key_file.TillKey)
        except msgspec.ValidationError as error:
            raise key_file.TillKeyRefused(reason=f"{error}.") from None
        key_file.save(path, key_file.added(keys, new))
    told = {"identifier": new.identifier, "version": new.version}
    if given is None:
        told["passphrase"] = new.passphrase
    if as_json:
        print_json(told)
        return
    print_facts("Till key", told)
    if given is None:
        console().print("Enter it at the till now: the passphrase is not shown again.")


@key_group.command("list")
@json_option
@click.pass_context
def list_keys(ctx: click.Context, as_json: bool) -> None:
    """Show which keys there are, without their passphrases.

    Example: officine till key list
    """
    from terminal.till.keys import key_file

    rows = [
        {"identifier": each.identifier, "version": each.version}
        for each in sorted(key_file.load(_file_of(ctx)), key=lambda key: (key.identifier, key.version))
    ]
    if as_json:
        print_json(rows)
        return
    print_facts("Till keys", {f"{row['identifier']} v{row['version']}": "in use" for row in rows})


@key_group.command("remove")
@click.argument("identifier", metavar="IDENTIFIER")
@click.argument("version", metavar="VERSION", type=int)
@json_option
@click.pass_context
def remove_key(ctx: click.Context, identifier: str, version: int, as_json: bool) -> None:
    """Remove a version of a key: messages under it are refused from then on.

    Example: officine till key remove TILL-1 1
    """
    from terminal.till.keys import key_file

    path = _file_of(ctx)
    with key_file.changing(path):
        key_file.save(path, key_file.removed(key_file.load(path), identifier, version))
    if as_json:
        print_json({"identifier": identifier, "version": version})
        return
    console().print(f"Removed: {identifier} v{version}.")
