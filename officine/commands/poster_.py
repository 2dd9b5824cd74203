"""`officine poster`: pictures of the group on the kiosks' attract screens."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from officine.inputs import InputInvalid, read_fields, to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows, progress

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_posters

Fields = dict[str, int | str | None]


@click.group()
def command() -> None:
    """Hang posters on the attract screens of the group's kiosks, each with its days and its words.

    Example: officine poster list
    """


def _by_language(name: str, what: str, *, is_required: bool = False) -> Callable[[Any], Any]:
    return click.option(
        f"--{name}",
        f"{name}s",
        multiple=True,
        required=is_required,
        callback=read_fields,
        metavar="LANGUAGE=TEXT",
        help=f"{what} (fr, de, it, en, zh); repeat.",
    )


@command.command()
@click.argument("poster_id", metavar="ID")
@click.option(
    "--picture",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PNG, JPEG or WebP, three to two, at least 960x640. Left out: the one that hangs stays.",
)
@_by_language("title", "The title; the poster hangs where the screen speaks one of these", is_required=True)
@_by_language("text", "A line below the title")
@_by_language("aloud", "What the picture shows, for people who do not see it", is_required=True)
@click.option("--from", "from_day", required=True, metavar="DAY", help="Its first day, as in 2026-06-01.")
@click.option("--to", "to_day", required=True, metavar="DAY", help="Its last day.")
@click.option("--hours", default="", help="Within the week: Mo-Fr 08:00-12:00; Sa 09:00-12:00.")
@click.option("--shop", "shops", multiple=True, metavar="ID", help="Where it hangs; repeat. Default: all.")
@group_option
@json_option
@click.pass_context
def put(
    ctx: click.Context,
    poster_id: str,
    picture: Path | None,
    titles: Fields,
    texts: Fields,
    alouds: Fields,
    from_day: str,
    to_day: str,
    hours: str,
    shops: tuple[str, ...],
    group_id: str | None,
    as_json: bool,
) -> None:
    """Hang a poster, or change one. The picture is checked and made anew; nothing else of the file is kept.

    Kiosks show it within a minute, each in its days and hours, also in a cut.

    Example: officine poster put sun --picture sun.jpg --title fr=Soleil --aloud fr=Plage
        --from 2026-06-01 --to 2026-08-31
    """
    from wire.api_base import Id
    from wire.api_posters import PosterBody

    to_body(msgspec.defstruct("PosterId", [("id", Id)]), id=poster_id)
    with progress(as_json=as_json) as on_progress:
        on_progress("Reading the picture", 0, 2)
        body = to_body(
            PosterBody,
            titles=_texts(titles),
            texts=_texts(texts),
            aloud=_texts(alouds),
            from_day=from_day,
            to_day=to_day,
            hours=hours,
            shops=list(shops),
        )
        if picture is not None:
            body = msgspec.structs.replace(body, picture=read_picture(picture))
        on_progress("Reading the picture", 1, 2)
        view, change = as_operator(
            ctx.obj, group_id, lambda services, actor: services.visits.posters.put(actor, poster_id, body)
        )
        on_progress("Reading the picture", 2, 2)
    if as_json:
        print_json({"change": change.value, "poster": view})
    else:
        _print_poster(f"Poster {change.value}", view)


@command.command("list")
@click.option("--shop", "shop_id", metavar="ID", help="What hangs, or will hang, in one shop.")
@group_option
@json_option
@click.pass_context
def list_posters(ctx: click.Context, shop_id: str | None, group_id: str | None, as_json: bool) -> None:
    """List posters, the first to end first.

    Example: officine poster list --shop nyon
    """

    async def work(services: "Services", actor: "Actor") -> "api_posters.PosterListView":
        from wire.api_posters import PosterQuery

        return await services.visits.posters.list_all(actor, PosterQuery(shop_id=shop_id))

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    rows = [
        (
            one.poster_id,
            first_of(one.titles),
            ", ".join(one.titles),
            one.from_day,
            one.to_day,
            one.hours or "always",
            ", ".join(one.shops) or "all",
        )
        for one in view.posters
    ]
    columns = ("Poster", "Title", "Languages", "From", "To", "Hours", "Shops")
    print_rows(f"Posters ({len(rows)})", columns, rows)


@command.command()
@click.argument("poster_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def remove(ctx: click.Context, poster_id: str, group_id: str | None, as_json: bool) -> None:
    """Take a poster down, with its picture.

    Example: officine poster remove sun
    """
    view = as_operator(
        ctx.obj, group_id, lambda services, actor: services.visits.posters.remove(actor, poster_id)
    )
    if as_json:
        print_json(view)
    else:
        _print_poster("Poster removed", view)


def read_picture(path: Path) -> bytes:
    """The bytes of a picture's file, not more than may be handed in. Raises: InputInvalid."""
    from loyalty.limits.pictures import PICTURE_BYTES_MAX

    try:
        with path.open("rb") as file:
            content = file.read(PICTURE_BYTES_MAX + 1)
    except OSError as error:
        raise InputInvalid(where=str(path), why=f"cannot be read ({error.strerror}).") from error
    return content


def first_of(texts: dict[str, str]) -> str:
    """A text in English, or in any language it has."""
    return texts.get("en") or next(iter(texts.values()), "")


def _texts(fields: Fields) -> dict[str, str]:
    return {language: str(text) for language, text in fields.items() if text is not None}


def _print_poster(title: str, view: "api_posters.PosterView") -> None:
    sizes = ", ".join(f"{one.width}x{one.height} ({one.bytes // 1024} KiB)" for one in view.pictures)
    shown = {
        "poster": view.poster_id,
        **{f"title {language}": text for language, text in view.titles.items()},
        "days": f"{view.from_day} to {view.to_day}",
        "hours": view.hours or "always",
        "shops": ", ".join(view.shops) or "all",
        "pictures": sizes,
    }
    print_facts(title, shown)
