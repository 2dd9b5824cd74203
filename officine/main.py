"""`officine`: the one console command. Sub-commands are imported only when they are asked for."""

import importlib
import inspect
import sys
from typing import Any

import click

from officine.output import die, wants_json
from officine.version import VERSION

SUBCOMMANDS = {
    "card": "Issue, show, block, unblock, validate and replace cards.",
    "central": "Run the central service.",
    "check": "Check the ledger, the settings.",
    "counter": "Serve members as a clerk: enrol, find, cards, PINs, tickets mended, incidents; reports.",
    "db": "Bring up to date, back up, restore, check and copy the database.",
    "demo": "Run a pharmacy group in miniature on this machine.",
    "doctor": "Look at every part of this machine and say what to do next.",
    "export": "Write CSV and SQLite copies of a group.",
    "games": "Publish games of the kiosk, look at their prizes, verify draws, hand prizes over.",
    "gift-card": "Make, sell, show, block, replace and convert gift cards; batches of prizes.",
    "group": "Create and show groups and their programme.",
    "incident": "List, take, answer and close what the counters handed over.",
    "import": "Import articles and shops from files.",
    "kiosk": "Run the kiosk; build its fonts; draw its contact sheet.",
    "layouts": "Check and try how printed tickets are read.",
    "lease": "List points set aside for terminals; declare a lease lost.",
    "ledger": "Let lots expire by hand; correct points, large corrections by two people.",
    "member": "Enrol and show members, their balance and tickets.",
    "article": "Show articles; give them their legal class in a country.",
    "message": "Write to members by e-mail or SMS; see what became of it.",
    "party": "Put, list and show suppliers and associations.",
    "poster": "Hang pictures on the kiosks' attract screens, in their days and languages.",
    "purse": "Show and top up purses; load meal vouchers.",
    "reader": "Run the reader daemon; tap a card on the simulated reader.",
    "replay": "Send recorded tickets through the API as a till would.",
    "rules": "Draft a programme, try it on recorded tickets, review, schedule, go back.",
    "segment": "List, count, explain segments and their members; fill them by hand.",
    "service": "Sell services ahead, and draw them.",
    "settlement": "Settle who pays: suppliers, associations, the clearing of a month.",
    "shop": "Put, list and show the shops of a group, their hours, services and events.",
    "staff": "Put, end and list the clerks of the counters.",
    "staff-card": "Issue, list and block cards of staff.",
    "support-bundle": "Write one archive for support, without personal data.",
    "terminal": "Run the terminal agent; pair it; look at its state and its outbox.",
    "tier": "List tiers and who is in them; tell how a member comes to one.",
    "till": "Be a till: award a ticket, return it, ask for a balance, pay, print.",
    "token": "Issue, list and revoke access tokens.",
    "why": "Tell why a ticket cost and earned what it did, rule by rule.",
}


class LazyGroup(click.Group):
    """A group that knows its sub-commands by name and imports one only to run it or show its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all sub-commands."""
        del ctx
        return sorted(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a sub-command; None when there is no such name."""
        del ctx
        if cmd_name not in SUBCOMMANDS:
            return None
        module = importlib.import_module(f"officine.commands.{cmd_name.replace('-', '_')}_")
        command: click.Command = module.command
        keep_examples(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List sub-commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(SUBCOMMANDS.items()))


def keep_examples(command: click.Command) -> None:
    """Tell click not to fill the lines of examples: people copy them. For a whole tree of commands."""
    if command.help:
        command.help = inspect.cleandoc(command.help).replace("\n\nExample", "\n\n\b\nExample")
    if isinstance(command, click.Group):
        for each in command.commands.values():
            keep_examples(each)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(VERSION, prog_name="officine")
@click.option(
    "--config",
    type=click.Path(dir_okay=False),
    envvar="OFFICINE_CONFIG",
    help="Settings file (TOML). Default: ./officine.toml, then /etc/officine/officine.toml.",
)
@click.pass_context
def cli(ctx: click.Context, config: str | None) -> None:
    """Officine: loyalty and relationship system for pharmacy groups.

    Start with `officine demo`: a group in miniature, a kiosk and a till, without any hardware.
    Every setting of the file can also be given as OFFICINE_<SECTION>_<KEY>.
    """
    from officine.logs import set_up_logs

    set_up_logs("warning")  # a program that runs says its own level
    ctx.obj = config


def main(argv: list[str] | None = None) -> None:
    """Run the command line; expected trouble ends with its text and exit status 1, wrong usage with 2."""
    from loyalty.errors import LoyaltyError

    arguments: list[str] = sys.argv[1:] if argv is None else argv
    options: dict[str, Any] = {"args": arguments, "prog_name": "officine", "standalone_mode": True}
    try:
        cli(**options)
    except LoyaltyError as error:
        text = " ".join([str(error), *getattr(error, "__notes__", [])])
        die(error.code, text, as_json=wants_json(arguments))
    except PermissionError as error:
        from officine.inputs import OutOfSight

        refused = OutOfSight(what=error.filename or "something", reason=error.strerror or str(error))
        die(refused.code, str(refused), as_json=wants_json(arguments))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
