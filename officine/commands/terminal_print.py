"""`officine terminal print`: a test page on this terminal's printer, or a picture of what prints."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast, get_args

import click

from officine.inputs import new_id
from officine.output import console, json_option, print_json
from officine.programs import settings_of
from wire.message_base import Language
from wire.printing import PrintOutcome, PrintSlip, PrintTold, SlipKind

if TYPE_CHECKING:
    from terminal.settings import TerminalSettings

_LANGUAGES: Final = get_args(Language)
_NEXT: Final[dict[PrintOutcome, str]] = {
    "uncertain": "The printer did not confirm it: look at the paper",
    "paper_out": "No paper, put in a new roll",
    "cover_open": "The cover is open",
    "offline": "The printer does not answer: see officine doctor",
    "no_printer": "The agent has no printer: set `printer` in [terminal] and start it again",
    "busy": "Too much waits for the printer, try again in a moment",
    "not_now": "The agent knows no operator here: run this as root or as the agent's user",
}

_PRINTED: Final[dict[SlipKind, str]] = {
    "test": "The test page is printed.",
    "totals": "The totals are printed.",
}


@click.command("print")
@click.option("--preview", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="A PNG.")
@click.option("--what", type=click.Choice(get_args(SlipKind)), default="test", show_default=True)
@click.option("--language", type=click.Choice(_LANGUAGES), default="fr", show_default=True)
@click.option("--paper", type=click.Choice(["58", "80"]), help="Width of the roll. Default: the settings'.")
@json_option
@click.pass_context
def print_(
    ctx: click.Context, /, preview: Path | None, language: str, paper: str | None, as_json: bool, **given: Any
) -> None:
    """Print a test page, or the totals of the day; with --preview write what would print as a picture.

    The running agent prints it, as root or as the agent's user. The totals are what its tills did since their
    day was closed last (nexo Reconciliation); printing closes nothing. A preview needs no printer and no
    agent, and shows a member and a day that do not exist: --what with any kind.

    Example: officine terminal print --preview balance.png --what balance --language zh --paper 58
    """
    what = cast("SlipKind", given["what"])
    spoken = cast("Language", language)
    if preview is not None:
        _draw(preview, what, spoken, 58 if paper == "58" else 80)
        answer = {"preview": str(preview), "what": what}
    else:
        if what not in ("test", "totals") or paper is not None:
            raise click.UsageError(
                "Printed here are --what test and totals; the rest, and --paper, with --preview."
            )
        asyncio.run(_print(settings_of("terminal", ctx.obj), what, spoken))
        answer = {"outcome": "printed", "what": what}
    if as_json:
        print_json(answer)
    else:
        console().print(f"{preview} shows it." if preview else _PRINTED[what], soft_wrap=True)


def _draw(path: Path, what: SlipKind, language: Language, width_mm: Any) -> None:
    from terminal.printer.compose import Paper
    from terminal.printer.examples import example, picture

    paper = Paper(width_mm=width_mm)
    picture(example(what, language, paper), paper).save(path, format="PNG")


async def _print(settings: "TerminalSettings", what: SlipKind, language: Language) -> None:
    from loyalty.limits.printing import PRINT_CONFIRM_S
    from officine.local_state import HELLO
    from wire.messages import FromAgent
    from wire.peer import request_once

    wish = PrintSlip(request_id=new_id("print"), session_id="", what=what, language=language)
    told = await request_once(
        settings.socket, HELLO, FromAgent, wish, answer=PrintTold, deadline_s=2 * PRINT_CONFIRM_S
    )
    if told.outcome != "printed":
        step = _NEXT.get(told.outcome, "See officine doctor")
        raise click.ClickException(f"It was not printed ({told.outcome}). {step}.")
