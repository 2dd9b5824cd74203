"""`officine group logo`: the group's logo."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from officine.commands.poster_ import read_picture
from officine.inputs import InputInvalid
from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_facts, print_json

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_posters


@click.command()
@click.argument(
    "picture", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
)
@click.option("--remove", "is_removed", is_flag=True, help="Take the logo away.")
@group_option
@json_option
@click.pass_context
def logo(
    ctx: click.Context, picture: Path | None, is_removed: bool, group_id: str | None, as_json: bool
) -> None:
    """Put the group's logo: PNG, JPEG or WebP, on a transparent or a white ground.

    It must stand out from a pale ground. Terminals and members' pages take it over by themselves.

    Example: officine group logo logo.png
    """
    if (picture is None) is not is_removed:
        raise InputInvalid(where="FILE", why="name the picture, or --remove to take the logo away.")
    content = None if picture is None else read_picture(picture)

    async def work(services: "Services", actor: "Actor") -> "api_posters.LogoView":
        from wire.api_posters import LogoBody

        return await services.visits.posters.put_logo(actor, LogoBody(picture=content))

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
    elif view.logo is None:
        console().print("The group has no logo now: its name stands there alone.")
    else:
        made = view.logo
        print_facts("Logo", {"size": f"{made.width}x{made.height}", "bytes": made.bytes, "hash": made.sha256})
