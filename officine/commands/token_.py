"""`officine token`: access tokens of terminals, offices and importers."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loyalty.errors import LoyaltyError, Trouble
from officine.inputs import InputInvalid
from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_facts, print_json, print_rows
from officine.shown import moment
from wire.files import write_private

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor


class TokenNotFound(LoyaltyError):
    """No live token has this id."""

    code = "token_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no live token {token_id}. See: officine token list"


ROLES = ("importer", "office", "terminal")
"""As `central.services.access.ROLES`; a test keeps them one. Central is not imported for a help page."""


@click.group()
def command() -> None:
    """Issue, list and revoke access tokens.

    Example: officine token issue --role terminal --shop nyon --label "counter 1" --output t.token
    """


@command.command()
@click.option("--role", required=True, type=click.Choice(ROLES), help="What it is for.")
@click.option("--label", required=True, help="What a person calls it: who has it, where it lies.")
@click.option("--shop", "shop_id", metavar="ID", help="The shop it acts for; a terminal's must name one.")
@click.option("--terminal", "terminal_id", metavar="ID", help="The terminal's own id.")
@click.option("--also", multiple=True, metavar="PERMISSION", help="A permission more; may be repeated.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the token there, for its owner's eyes only, and do not print it.",
)
@group_option
@json_option
@click.pass_context
def issue(
    ctx: click.Context,
    role: str,
    label: str,
    shop_id: str | None,
    terminal_id: str | None,
    also: tuple[str, ...],
    output: Path | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Make a token. It is shown once and stored nowhere: only its hash is kept.

    Example: officine token issue --role terminal --shop nyon --label "counter 1" --output t.token
    """
    if role == "terminal" and shop_id is None:
        raise click.UsageError("A terminal's token needs the shop it stands in: --shop ID.")
    if output is not None:
        _require_writable(output)

    async def work(services: "Services", actor: "Actor") -> Any:
        if shop_id is not None:
            await services.shops.get_shop(actor, shop_id)
        return await services.access.issue_token(
            actor, role=role, label=label, shop_id=shop_id, terminal_id=terminal_id, also=frozenset(also)
        )

    issued = as_operator(ctx.obj, group_id, work)
    if output is not None:
        write_private(output, f"{issued.token}\n".encode("ascii"))
    shown = {"token_id": issued.token_id} | ({"file": str(output)} if output else {"token": issued.token})
    if as_json:
        print_json(shown)
    else:
        print_facts("Token issued", shown)
        if output is None:
            console().print("[yellow]Keep it now: it cannot be shown again.[/]")


@command.command("list")
@group_option
@json_option
@click.pass_context
def list_tokens(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the group's tokens; never the tokens themselves.

    Example: officine token list
    """

    async def work(services: "Services", actor: "Actor") -> list[dict[str, Any]]:
        return [
            {
                "token_id": row.token_id,
                "label": row.label,
                "shop_id": row.shop_id,
                "terminal_id": row.terminal_id,
                "permissions": sorted(row.permissions),
                "created_ms": row.created_ms,
                "revoked_ms": row.revoked_ms,
            }
            for row in await services.store.list_tokens(actor.group_id)
        ]

    tokens = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(tokens)
        return
    rows = [
        (
            each["token_id"],
            each["label"],
            each["shop_id"],
            moment(each["created_ms"]),
            f"revoked {moment(each['revoked_ms'])}" if each["revoked_ms"] else "live",
        )
        for each in tokens
    ]
    print_rows(f"Tokens ({len(rows)})", ("Token", "Label", "Shop", "Issued", "State"), rows)


@command.command()
@click.argument("token_id", metavar="TOKEN_ID")
@group_option
@json_option
@click.pass_context
def revoke(ctx: click.Context, token_id: str, group_id: str | None, as_json: bool) -> None:
    """Revoke a token: nothing is answered to it any more.

    TOKEN_ID is the id that `officine token list` shows (tok-...), not the token.

    Example: officine token revoke tok-0011223344556677
    """
    is_done = as_operator(
        ctx.obj, group_id, lambda services, actor: services.access.revoke_token(actor, token_id)
    )
    if not is_done:
        raise TokenNotFound(token_id=token_id)
    if as_json:
        print_json({"token_id": token_id, "is_revoked": True})
    else:
        console().print(f"Revoked {token_id}.")


def _require_writable(path: Path) -> None:
    """A token that nobody could keep must not be made. Raises: InputInvalid."""
    if path.exists():
        raise InputInvalid(where=str(path), why="exists already. Remove it first, or name another file.")
    if not os.access(path.parent, os.W_OK):
        raise InputInvalid(where=str(path), why="cannot be written there. Name another folder.")
