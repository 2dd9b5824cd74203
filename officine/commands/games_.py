"""`officine games`: games on the kiosk with their prizes: published, played, verified, handed over."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from officine.at_counter import card_options, evidence_of, pin_option, with_pin
from officine.inputs import InputInvalid, new_id, read_json_file, to_body
from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_facts, print_json, print_rows
from officine.shown import amount, moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_games
    from wire.games import Draw


@click.group()
def command() -> None:
    """Publish games for the kiosk with their prizes, look at what is left, verify what was drawn.

    Example: officine games show autumn_wheel
    """


@command.command()
@click.argument("game_id", metavar="ID")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@group_option
@json_option
@click.pass_context
def publish(ctx: click.Context, game_id: str, file: Path, group_id: str | None, as_json: bool) -> None:
    """Publish a game, or give a published one more stock and budget, other names, another last day.

    FILE is JSON (docs/games.md). What players were told of odds cannot change. It is refused where the law
    of one of its countries does not let it be played for prizes.

    Example: officine games publish autumn_wheel wheel.json
    """
    from wire.api_games import GameBody

    body = _read(file, GameBody)
    view = as_operator(
        ctx.obj, group_id, lambda services, actor: services.games.pools.put(actor, game_id, body)
    )
    _show(ctx, view, group_id, as_json=as_json)


@command.command("list")
@group_option
@json_option
@click.pass_context
def list_(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the games that are open or to come, and those of the last year.

    Example: officine games list
    """
    view, currency = _with_currency(
        ctx, group_id, lambda services, actor: services.games.pools.list_games(actor)
    )
    if as_json:
        print_json(view)
        return
    rows = [
        (
            each.game_id,
            each.game.kind,
            f"{each.game.first_day} to {each.game.last_day}",
            " ".join(each.game.countries),
            each.plays,
            sum(prize.won for prize in each.prizes),
            sum(prize.left for prize in each.prizes),
            amount(each.budget_left_minor, currency),
        )
        for each in view.games
    ]
    columns = ("Game", "Kind", "Days", "In", "Plays", "Won", "Prizes left", "Budget left")
    print_rows(f"Games ({len(rows)})", columns, rows)


@command.command()
@click.argument("game_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def show(ctx: click.Context, game_id: str, group_id: str | None, as_json: bool) -> None:
    """Show a game with what is left in its pool, by the ledger.

    Example: officine games show autumn_wheel
    """
    view = as_operator(ctx.obj, group_id, lambda services, actor: services.games.pools.get(actor, game_id))
    _show(ctx, view, group_id, as_json=as_json)


@command.command()
@click.argument("game_id", metavar="ID")
@click.option("--after", default="", metavar="PLAY", help="The last play of the page before.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@group_option
@json_option
@click.pass_context
def plays(
    ctx: click.Context, game_id: str, after: str, limit: int, group_id: str | None, as_json: bool
) -> None:
    """List a game's plays with their draws, by id, page by page; no member and no code of a prize.

    Example: officine games plays autumn_wheel --limit 20
    """
    from wire.api_games import PlaysQuery

    query = to_body(PlaysQuery, after=after, limit=limit)
    view = as_operator(
        ctx.obj, group_id, lambda services, actor: services.games.pools.list_plays(actor, game_id, query)
    )
    if as_json:
        print_json(view)
        return
    rows = [
        (
            each.play_id,
            moment(each.played_ms),
            each.shop_id,
            "" if each.draw is None else f"{each.draw.number} of {each.draw.out_of}",
            each.face_id or "nothing",
            "instead" if each.is_fallback else "",
        )
        for each in view.plays
    ]
    print_rows(f"Plays ({len(rows)})", ("Play", "When", "Shop", "Number", "Won", ""), rows)
    if view.next:
        console().print(f"[dim]More: --after {view.next}[/]", soft_wrap=True)


@command.command()
@click.argument("game_id", metavar="ID")
@click.option("--shop", "shop_id", required=True, metavar="ID", help="The shop it is played in.")
@click.option("--answer", "answers", type=int, multiple=True, help="Of a quiz: places of answers, from 0.")
@click.option("--id", "play_id", help="The play's id: the same again is the first answer. Default: new.")
@click.option("--seed", "client_seed", help="The player's seed, 16 to 64 letters and digits. Default: drawn.")
@card_options
@pin_option
@group_option
@json_option
@click.pass_context
def play(
    ctx: click.Context,
    /,
    game_id: str,
    shop_id: str,
    uid: str | None,
    link: str | None,
    number: str | None,
    pin: str | None,
    group_id: str | None,
    as_json: bool,
    **values: Any,
) -> None:
    """Play a game with a member's card, as the kiosk does: a prize is given, the play counts.

    Example: officine games play autumn_wheel --shop nyon-gare --uid 04A1B2C3D4E580
    """
    from wire.api_games import OffersBody, PlayBody

    holder = evidence_of(uid=uid, link=link, number=number)

    async def work(services: "Services", actor: "Actor") -> "tuple[api_games.PlayView, str]":
        shown = await with_pin(services, actor, holder, pin)
        asked = to_body(OffersBody, holder=shown, shop_id=shop_id)
        offers = (await services.games.plays.offer(actor, asked)).games
        offer = next((each for each in offers if each.game_id == game_id), None)
        commitment = "" if offer is None else offer.commitment
        body = to_body(
            PlayBody,
            play_id=values["play_id"] or new_id("play"),
            holder=shown,
            commitment=commitment,
            client_seed=values["client_seed"] or secrets.token_hex(16),
            answers=values["answers"],
            shop_id=shop_id,
        )
        return (await services.games.plays.play(actor, game_id, body))[0], commitment

    view, commitment = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json({"commitment": commitment, "play": view})
        return
    told: dict[str, object] = {"play": view.play_id, "outcome": view.outcome, "won": view.face_id}
    if view.prize is not None:
        told |= {"code": view.prize.code, "until": view.prize.last_day}
    if view.right_answers:
        told["right answers"] = view.right
    if view.draw is not None:
        told |= {
            "number": f"{view.draw.number} of {view.draw.out_of}",
            "commitment before": commitment,
            "server seed": view.draw.server_seed,
            "player's seed": view.draw.client_seed,
        }
    print_facts(game_id, told | {"plays left today": view.plays_left})


@command.command()
@click.option("--commitment", help="What the screen or slip said before the play: 64 hex digits.")
@click.option("--server-seed", help="What it said after it: 64 hex digits.")
@click.option("--client-seed", help="The player's seed.")
@click.option("--game", "game_id", help="The game's id.")
@click.option("--play", "play_id", help="The play's id.")
@click.option("--out-of", type=int, help="How many numbers there are.")
@click.option("--number", type=int, help="The number drawn.")
@click.option("--plays-of", metavar="GAME", help="Instead: verify every play of a game in the database.")
@group_option
@json_option
@click.pass_context
def verify(
    ctx: click.Context, /, plays_of: str | None, group_id: str | None, as_json: bool, **told: Any
) -> None:
    """Draw again what a player was told: whether the seed is the one committed to and draws that number.

    Needs no database but for --plays-of, which also looks whether each number won what the game says.

    Example: officine games verify --plays-of autumn_wheel
    """
    if plays_of is not None:
        _verify_all(ctx, plays_of, group_id, as_json=as_json)
        return
    missing = [name for name, value in told.items() if value is None]
    if missing:
        names = ", ".join(f"--{name.removesuffix('_id').replace('_', '-')}" for name in missing)
        raise click.UsageError(f"Say all that the slip says; missing: {names}. Or give --plays-of.")
    from loyalty.programme.games.draw import DrawTold
    from loyalty.programme.games.draw import verify as verify_draw

    verify_draw(DrawTold(**told))
    if as_json:
        print_json({"holds": True, "number": told["number"]})
    else:
        console().print(f"[green]The draw holds[/]: {told['number']} of {told['out_of']}, as committed to.")


@command.command("hand-over")
@click.argument("code", metavar="CODE")
@click.option("--shop", "shop_id", required=True, metavar="ID", help="The shop that hands it over.")
@click.option("--operator", default="", help="Who stands at the counter.")
@click.option("--id", "handover_id", help="The id of this act: the same again is one. Default: new.")
@group_option
@json_option
@click.pass_context
def hand_over(ctx: click.Context, /, code: str, group_id: str | None, as_json: bool, **values: Any) -> None:
    """Hand over a thing that was won at the kiosk, once, for the CODE on its slip.

    Example: officine games hand-over "12345 67890 12345 67890" --shop nyon-gare
    """
    from wire.api_games import HandoverBody

    body = to_body(
        HandoverBody, code=code, **values | {"handover_id": values["handover_id"] or new_id("handover")}
    )
    view, is_replay = as_operator(
        ctx.obj, group_id, lambda services, actor: services.games.handovers.hand_over(actor, body)
    )
    if as_json:
        print_json({"handover": view, "is_replay": is_replay})
        return
    facts = {"prize": _said(view.names), "game": view.game_id, "shop": view.shop_id}
    print_facts("Handed over", facts | {"when": moment(view.handed_ms)})


def _show(ctx: click.Context, view: "api_games.GameView", group_id: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json(view)
        return
    _, currency = _with_currency(ctx, group_id)
    game = view.game
    facts = {
        "kind": game.kind,
        "countries": " ".join(game.countries),
        "days": f"{game.first_day} to {game.last_day}",
        "plays per member and day": game.plays_per_day,
        "plays": view.plays,
        "budget left": amount(view.budget_left_minor, currency),
        "spent": amount(view.spent_minor, currency),
    }
    if game.fallback_id:
        facts["when used up"] = game.fallback_id
    if game.questions:
        facts["questions"] = f"{len(game.questions)}, {game.right_needed} right needed"
    print_facts(f"{_said(game.names)} ({view.game_id})", facts)
    rows = [
        (
            each.prize.prize_id,
            _said(each.prize.names),
            f"{each.prize.odds} in {game.out_of}",
            amount(each.prize.cost_minor, currency),
            each.left,
            each.won,
            each.handed_over if each.prize.kind == "gift" else "",
        )
        for each in view.prizes
    ]
    if rows:
        columns = ("Prize", "Name", "Odds", "Costs", "Left", "Won", "Handed over")
        print_rows("Prizes", columns, rows)


def _verify_all(ctx: click.Context, game_id: str, group_id: str | None, *, as_json: bool) -> None:
    from loyalty.programme.games.draw import DrawTold
    from loyalty.programme.games.draw import verify as verify_draw

    async def work(services: "Services", actor: "Actor") -> tuple[int, int]:
        game = (await services.games.pools.get(actor, game_id)).game
        drawn = undrawn = 0
        async for each in _draws(services, actor, game_id):
            if each is None:
                undrawn += 1
                continue
            told = {name: getattr(each, name) for name in each.__struct_fields__ if name != "face_id"}
            verify_draw(DrawTold(**told))
            if each.face_id != _face_of(game, each.number):
                why = f"{each.play_id} drew {each.number} and was told {each.face_id or 'nothing'}."
                raise InputInvalid(where=game_id, why=why)
            drawn += 1
        return drawn, undrawn

    drawn, undrawn = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json({"game_id": game_id, "draws_that_hold": drawn, "plays_without_draw": undrawn})
    else:
        console().print(f"[green]{drawn} draws hold[/] (plays without a draw: {undrawn}).")


async def _draws(services: "Services", actor: "Actor", game_id: str) -> AsyncIterator["Draw | None"]:
    from wire.api_games import PlaysQuery

    after = ""
    while True:
        page = await services.games.pools.list_plays(actor, game_id, PlaysQuery(after=after, limit=200))
        for each in page.plays:
            yield each.draw
        if not page.next:
            return
        after = page.next


def _face_of(game: "api_games.GameBody", number: int) -> str:
    """Whose number it is by what was published; empty: nobody's."""
    for each in game.prizes:
        if number < each.odds:
            return each.prize_id
        number -= each.odds
    return ""


def _with_currency(ctx: click.Context, group_id: str | None, work: Any = None) -> tuple[Any, str]:
    """What `work` gives, and the group's currency."""

    async def run(services: "Services", actor: "Actor") -> tuple[Any, str]:
        currency = (await services.groups.get(actor.group_id)).row.currency
        return None if work is None else await work(services, actor), currency

    return as_operator(ctx.obj, group_id, run)


def _read(file: Path, kind: Any) -> Any:
    try:
        return msgspec.json.decode(read_json_file(file), type=kind)
    except msgspec.ValidationError as error:
        raise InputInvalid(where=str(file), why=f"{error}.") from error


def _said(names: Any) -> str:
    return next(iter(names.values()), "")
