"""`officine demo`: what `make run` runs."""

import asyncio
import os
import sys
import time
from pathlib import Path

import click

from officine.output import console, die, json_option, print_json, progress

SIZES = {"800x480": (800, 480), "1280x800": (1280, 800), "800x1280": (800, 1280)}


@click.command()
@click.option("--fresh", is_flag=True, help="Throw the demo group away and make it anew.")
@click.option(
    "--desk-port", default=8090, show_default=True, help="Port of the demo desk; 0 takes a free one."
)
@click.option("--central-port", default=8080, show_default=True, help="Port of central; 0 takes a free one.")
@click.option(
    "--nexo-port", default=8443, show_default=True, help="Port where tills reach the terminal; 0: free."
)
@click.option(
    "--size", type=click.Choice(sorted(SIZES)), default="800x480", show_default=True, help="Kiosk screen."
)
@click.option(
    "--language", type=click.Choice(["fr", "de", "it", "en", "zh"]), default="fr", show_default=True
)
@click.option(
    "--reader",
    type=click.Choice(["simulated", "pcsc"]),
    default="simulated",
    show_default=True,
    help="pcsc: readers behind this machine's pcscd as well, real or virtual ones.",
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="OFFICINE_STATE",
    default=Path(".state/demo"),
    show_default=True,
    help="Where the demo keeps its data.",
)
@json_option
def command(
    fresh: bool,
    desk_port: int,
    central_port: int,
    nexo_port: int,
    size: str,
    language: str,
    reader: str,
    state: Path,
    as_json: bool,
) -> None:
    """Run a pharmacy group in miniature: central, reader, terminal, kiosk, and a desk to play with them.

    The kiosk opens a window where there is a display; the desk shows its screen in any case.
    A program that ends is started again, as systemd does in a shop, and a line says so; one that ends
    again and again ends the demo, with the reason. Ctrl-C stops everything cleanly.

    Example: officine demo --size 1280x800 --language de

    Example: officine demo --reader pcsc
    """
    from officine.logs import set_up_logs
    from tools.demo.programs import ProgramFailed
    from tools.demo.run import DemoPlan, run_demo

    set_up_logs("warning")
    width, height = SIZES[size]
    plan = DemoPlan(
        state=state.resolve(),
        central_port=_port_or_free(central_port),
        nexo_port=_port_or_free(nexo_port),
        desk_port=_port_or_free(desk_port),
        kiosk_width=width,
        kiosk_height=height,
        language=language,
        is_windowed=bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")),
        is_fresh=fresh,
        has_pcsc=reader == "pcsc",
    )

    def on_ready(addresses: dict[str, str]) -> None:
        bars.__exit__(None, None, None)
        if as_json:
            print_json(addresses)
            sys.stdout.flush()
            return
        console().print("\n[bold green]Ready.[/] Open the demo desk and tap a card.\n")
        for name, address in addresses.items():
            console().print(f"  [dim]{name:<12}[/] [bold]{address}[/]")
        console().print("\n[dim]Ctrl-C stops everything.[/]\n")

    def tell(line: str) -> None:
        click.echo(f"{time.strftime('%H:%M:%S')}  {line}", err=True)

    bars = progress(as_json=as_json)
    on_progress = bars.__enter__()
    try:
        told = asyncio.run(run_demo(plan, on_progress, on_ready, tell))
    except ProgramFailed as error:
        die("demo_failed", str(error), as_json=as_json)
    if told:
        die("program_ended", told, as_json=as_json)
    if not as_json:
        console().print("[dim]Stopped. The demo group is kept; the next start is quicker.[/]")


def _port_or_free(wanted: int) -> int:
    """The wanted port, or a free one where another program has it."""
    import socket

    from tools.demo.stack import HOST, free_port

    if wanted == 0:
        return free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            return free_port()
    return wanted
