"""`officine reader`: the reader daemon, and the hand of its simulated reader."""

import asyncio
from pathlib import Path

import click

from officine.logs import LEVELS
from officine.output import die, json_option, print_facts, print_json
from officine.programs import settings_of
from wire.messages import Evidence, Medium
from wire.reader_control import Done

MEDIA = ("nfc_uid", "barcode", "qr", "phone", "typed", "ntag424", "chip")


@click.group()
def command() -> None:
    """Run the reader daemon; read a card; tap one on the simulated reader.

    Example: officine reader tap 04A1B2C3D4E5F6
    """


@command.command("run")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True)
@click.pass_context
def run_daemon(ctx: click.Context, log_level: str) -> None:
    """Run the reader daemon until Ctrl-C; it serves local sockets only.

    Example: officine --config officine.toml reader run
    """
    from officine.logs import log_what_ends_the_program, set_up_logs
    from reader_daemon.service import run

    settings = settings_of("reader", ctx.obj)
    set_up_logs(log_level)
    log_what_ends_the_program()
    asyncio.run(run(settings))


def _control_socket(ctx: click.Context) -> Path:
    from reader_daemon.settings import ControlSocketMissing

    control_socket: Path | None = settings_of("reader", ctx.obj).control_socket
    if control_socket is None:
        raise ControlSocketMissing
    return control_socket


def _tell(done: Done, what: str, *, as_json: bool) -> None:
    if done.error:
        die("reader_refused", done.error, as_json=as_json)
    if as_json:
        print_json({"done": what, "tap_id": done.tap_id})
    else:
        print_facts(what, {"tap": done.tap_id} if done.tap_id else {})


@command.command("read")
@click.option("--wait", "wait_s", type=click.IntRange(1, 600), default=60, show_default=True, help="Seconds.")
@json_option
@click.pass_context
def read_card(ctx: click.Context, wait_s: int, as_json: bool) -> None:
    """Wait for the next card or code, and tell what the reader hands on of it: medium and value.

    Example: officine reader read --json
    """
    from officine.local_state import first_message
    from wire.messages import CardPresented, FromReader

    path: Path = settings_of("reader", ctx.obj).socket
    seen = asyncio.run(first_message(path, FromReader, CardPresented, deadline_s=wait_s))
    facts = {"medium": seen.evidence.medium, "value": seen.evidence.value}
    if as_json:
        print_json(facts)
    else:
        print_facts("Read", facts)


@command.command()
@click.argument("value")
@click.option(
    "--medium", type=click.Choice(MEDIA), default="nfc_uid", show_default=True, help="How it is read."
)
@json_option
@click.pass_context
def tap(ctx: click.Context, value: str, medium: Medium, as_json: bool) -> None:
    """Put a card on the simulated reader: VALUE is its UID in hex, or the digits of a barcode.

    Examples:
      officine reader tap 04A1B2C3D4E5F6
      officine reader tap 2990000000019 --medium barcode
    """
    from reader_daemon import control

    done = asyncio.run(control.tap(_control_socket(ctx), Evidence(medium=medium, value=value)))
    _tell(done, "Card presented", as_json=as_json)


@command.command()
@json_option
@click.pass_context
def remove(ctx: click.Context, as_json: bool) -> None:
    """Take the card off the simulated reader.

    Example: officine reader remove
    """
    from reader_daemon import control

    _tell(asyncio.run(control.remove(_control_socket(ctx))), "Card removed", as_json=as_json)


@command.command()
@json_option
@click.pass_context
def plug(ctx: click.Context, as_json: bool) -> None:
    """Plug the simulated reader in.

    Example: officine reader plug
    """
    from reader_daemon import control

    _tell(asyncio.run(control.plug(_control_socket(ctx), plugged=True)), "Reader plugged in", as_json=as_json)


@command.command()
@json_option
@click.pass_context
def unplug(ctx: click.Context, as_json: bool) -> None:
    """Unplug the simulated reader, as a pulled cable would.

    Example: officine reader unplug
    """
    from reader_daemon import control

    _tell(asyncio.run(control.plug(_control_socket(ctx), plugged=False)), "Reader unplugged", as_json=as_json)
