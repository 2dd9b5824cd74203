"""`officine terminal pair`, at central, and `officine terminal unpair`, at the terminal."""

from typing import TYPE_CHECKING, Any

import click
import msgspec

from officine.inputs import InputInvalid
from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_facts, print_json
from officine.programs import settings_of

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor


@click.command()
@click.argument("code", metavar="CODE")
@click.option("--shop", "shop_id", required=True, metavar="ID", help="The shop it stands in.")
@click.option(
    "--terminal", "terminal_id", metavar="ID", help="Its id. Default: its name at the till (poi_id)."
)
@click.option("--yes", is_flag=True, help="Do not ask whether it is the right one.")
@group_option
@json_option
@click.pass_context
def pair(
    ctx: click.Context,
    code: str,
    shop_id: str,
    terminal_id: str | None,
    yes: bool,
    group_id: str | None,
    as_json: bool,
) -> None:
    """At central: take the terminal that shows CODE into a shop. It gets its token and starts by itself.

    CODE stands on the terminal's screen and changes every 15 minutes. Compare the serial number with the
    screen before you say yes: who gives you a code over the telephone may not be who they say. With --json
    nothing is asked.

    Example: officine terminal pair K7QM-3XWD --shop nyon --group leman
    """
    from central.services.group.pairing import PairingTaken
    from wire.pairing import FindPairingBody, PairTerminalBody

    async def look(services: "Services", actor: "Actor") -> Any:
        """The terminal that waits; None where this shop has it already. A wrong shop is told first."""
        await services.shops.get_shop(actor, shop_id)
        try:
            return await services.pairing.find(actor, FindPairingBody(code=code))
        except PairingTaken as error:
            if error.params["shop_id"] != shop_id or terminal_id not in (None, error.params["terminal_id"]):
                raise
            return None

    found = None if yes or as_json else as_operator(ctx.obj, group_id, look)
    if found is not None:
        facts = {"serial": found.serial, "address": found.address, "name at the till": found.poi_id}
        print_facts("This terminal waits", facts | {"version": found.version})
        click.confirm(f"Take it into shop {shop_id}?", abort=True)

    async def work(services: "Services", actor: "Actor") -> Any:
        body = PairTerminalBody(code=code, shop_id=shop_id, terminal_id=terminal_id)
        return await services.pairing.pair(actor, body)

    paired, was_paired = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(msgspec.structs.asdict(paired) | {"was_paired": was_paired})
        return
    print_facts(
        "This terminal was paired already, nothing changed" if was_paired else "Terminal paired",
        {
            "shop": paired.shop_id,
            "terminal": paired.terminal_id,
            "serial": paired.serial,
            "token": paired.token_id,
        },
    )
    console().print(f"[dim]To put it out again: officine token revoke {paired.token_id}[/]", soft_wrap=True)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_context
def unpair(ctx: click.Context, yes: bool, as_json: bool) -> None:
    """At the terminal: forget its token, so that it shows a pairing code at its next start.

    Tickets that wait in the outbox stay, and go to central once it is paired again. Revoke the token at
    central as well: officine token revoke.

    Example: officine terminal unpair --yes
    """
    from terminal.identity import has_token

    settings = settings_of("terminal", ctx.obj)
    if settings.token:
        why = "stands in the settings or a variable: take it out there, and restart the agent."
        raise InputInvalid(where="[terminal] token", why=why)
    was_paired = has_token(settings)
    if not yes:
        click.confirm(f"Forget the token in {settings.token_path}?", abort=True)
    try:
        settings.token_path.unlink(missing_ok=True)
    except OSError as error:
        why = f"cannot be removed ({error.strerror}). Run this as root or as the agent's user."
        raise InputInvalid(where=str(settings.token_path), why=why) from error
    if as_json:
        print_json({"file": str(settings.token_path), "was_paired": was_paired})
        return
    console().print(
        "Forgotten. Start the agent again: systemctl restart officine-terminal"
        if was_paired
        else f"There was no token in {settings.token_path}.",
        soft_wrap=True,
    )
