"""`officine group theme`: the group's names and colours."""

from typing import TYPE_CHECKING, Any

import click
import msgspec

from officine.inputs import InputInvalid, read_fields
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_catalogue


@click.command()
@click.option("--name", help="The group's name.")
@click.option(
    "--names",
    multiple=True,
    callback=read_fields,
    metavar="LANGUAGE=NAME",
    help="The name in a language (fr, de, it, en, zh); repeat. LANGUAGE= takes it back.",
)
@click.option("--brand", metavar="#RRGGBB", help="The group's colour: white text must be legible on it.")
@click.option("--tint", metavar="#RRGGBB", help="Pale ground for text in the brand. Default: of the brand.")
@click.option(
    "--font",
    type=click.Choice(["inter", "source-serif", "nunito"]),
    help="The kiosk's letters: plain, with serifs, or rounded. Chinese is the same with all.",
)
@group_option
@json_option
@click.pass_context
def theme(
    ctx: click.Context,
    name: str | None,
    names: dict[str, int | str | None],
    brand: str | None,
    tint: str | None,
    font: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Change the group's name, colours and letters; what is not given stays.

    Colours that cannot be read (4.5:1) are refused with the nearest that can. Terminals take the change over
    by themselves, within seconds.

    Example: officine group theme --brand '#0B6B4F' --names zh=莱芒药房
    """

    async def work(services: "Services", actor: "Actor") -> dict[str, Any]:
        group = await services.groups.get(actor.group_id)
        kept = group.settings
        merged = {language: text for language, text in (kept.names | names).items() if text is not None}
        body = _body(
            {
                "name": group.row.name if name is None else name,
                "names": merged,
                "brand": kept.brand if brand is None else brand,
                "brand_tint": tint or ("" if brand is not None else kept.brand_tint),
                "font": font or kept.font,
            }
        )
        view, change = await services.groups.put_theme(actor, body)
        return {"change": change.value, "theme": view}

    done = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(done)
        return
    view: api_catalogue.ThemeView = done["theme"]
    shown = {"name": view.name, **view.names, "brand": view.brand, "tint": view.brand_tint, "font": view.font}
    print_facts(f"Theme {done['change']}", shown)


def _body(fields: dict[str, Any]) -> "api_catalogue.ThemeBody":
    from wire.api_catalogue import ThemeBody

    try:
        return msgspec.convert(fields, ThemeBody)
    except msgspec.ValidationError as error:
        raise InputInvalid(where="theme", why=f"{error}.") from error
