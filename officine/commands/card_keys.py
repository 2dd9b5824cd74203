"""`officine card keys`: the keys that chip cards carry, by version. The keys themselves are never shown."""

import click

from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import moment


@click.group("keys")
def keys() -> None:
    """Make, list and retire the keys of chip cards (NTAG 424 DNA).

    Cards keep the keys they were made with: a new version changes none of them, and old versions stay good
    until they are retired.

    Example: officine card keys make
    """


@keys.command()
@json_option
@group_option
@click.pass_context
def make(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """Make a new version with random keys, for the cards made from now on.

    Example: officine card keys make
    """
    view = as_operator(ctx.obj, group_id, lambda services, actor: services.card_keys.make(actor))
    if as_json:
        print_json(view)
    else:
        print_facts("Made", {"version": view.version, "made": moment(view.made_ms)})


@keys.command("list")
@json_option
@group_option
@click.pass_context
def list_(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the versions, newest first.

    Example: officine card keys list
    """
    views = as_operator(ctx.obj, group_id, lambda services, actor: services.card_keys.list(actor))
    if as_json:
        print_json(list(views))
        return
    rows = [
        (str(view.version), moment(view.made_ms) or "", moment(view.retired_ms) or "in use") for view in views
    ]
    print_rows("Card keys", ("version", "made", "retired"), rows)


@keys.command()
@click.argument("version", type=click.IntRange(min=1))
@json_option
@group_option
@click.pass_context
def retire(ctx: click.Context, version: int, group_id: str | None, as_json: bool) -> None:
    """Refuse every card of a version from now on. This cannot be undone: replace these cards first.

    Example: officine card keys retire 1
    """
    as_operator(ctx.obj, group_id, lambda services, actor: services.card_keys.retire(actor, version))
    if as_json:
        print_json({"retired": version})
    else:
        print_facts("Retired", {"version": version})
