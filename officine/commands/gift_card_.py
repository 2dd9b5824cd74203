"""`officine gift-card`: cards sold in shops, their ends, and the batches of head office."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from officine.inputs import InputInvalid, new_id, to_body
from officine.opened import group_option, with_currency
from officine.output import console, json_option, print_facts, print_json, print_rows
from officine.shown import amount, moment
from officine.stored import NUMBER_HELP, as_person, minor_of, number_argument, show_act

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_stored_value

TENDERS = click.Choice(("cash", "card", "other"))


@click.group(epilog=NUMBER_HELP)
def command() -> None:
    """Make, sell, show, block, replace and convert gift cards; batches of prizes.

    Example: officine gift-card show 01234567890123456784
    """


@command.command()
@click.option("--id", "gift_card_id", help="The card's id. Default: a new one.")
@group_option
@json_option
@click.pass_context
def make(ctx: click.Context, gift_card_id: str | None, group_id: str | None, as_json: bool) -> None:
    """Make a card. It is worth nothing until it is sold; its number is told now and kept nowhere.

    Example: officine gift-card make
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.NewGiftCardView":
        from wire.api_stored_value import GiftCardBody

        body = to_body(GiftCardBody, gift_card_id=gift_card_id or new_id("gift"))
        return (await services.stored.gift_cards.make(actor, body))[0]

    view = as_person(ctx, group_id, work)
    if as_json:
        print_json(view)
        return
    print_facts("Gift card made", {"id": view.gift_card_id, "number": view.number})


@command.command(epilog=NUMBER_HELP)
@number_argument
@click.argument("value", metavar="AMOUNT")
@click.option("--shop", "shop_id", required=True, help="The shop that takes the money.")
@click.option("--tender", type=TENDERS, default="cash", show_default=True, help="How it was paid for.")
@click.option("--operator", default="", help="Who sells it.")
@click.option(
    "--id", "activation_id", help="The id of this sale; the same again sells nothing. Default: new."
)
@group_option
@json_option
@click.pass_context
def activate(
    ctx: click.Context,
    /,
    number: str,
    value: str,
    activation_id: str | None,
    group_id: str | None,
    as_json: bool,
    **values: Any,
) -> None:
    """Sell a card with an amount, such as 50.00. Each card is sold once.

    Example: officine gift-card activate --shop nyon - 50.00
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.ActView":
        from wire.api_stored_value import GiftActivationBody

        body = to_body(
            GiftActivationBody,
            activation_id=activation_id or new_id("sold"),
            number=number,
            amount_minor=await minor_of(services, actor.group_id, value),
            **values,
        )
        return (await services.stored.gift_cards.activate(actor, body))[0]

    show_act("Gift card sold", as_person(ctx, group_id, work), as_json=as_json)


@command.command(epilog=NUMBER_HELP)
@number_argument
@group_option
@json_option
@click.pass_context
def show(ctx: click.Context, number: str, group_id: str | None, as_json: bool) -> None:
    """Show what a card holds and its state.

    Example: officine gift-card show -
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.GiftCardView":
        from wire.api_stored_value import GiftNumberBody

        return await services.stored.gift_cards.find(actor, to_body(GiftNumberBody, number=number))

    view = as_person(ctx, group_id, work)
    if as_json:
        print_json(view)
        return
    facts = {
        "id": view.gift_card_id,
        "state": view.state,
        "holds": amount(view.balance_minor, view.currency),
        "to spend": amount(view.free_minor, view.currency),
        "expires": moment(view.expires_ms),
        "sold in": view.shop_id,
        "batch": view.batch_id,
        "purpose": view.purpose,
        "paid by": view.funder,
        "replaced by": view.replaced_by,
        "member": view.member_id,
    }
    print_facts(f"Gift card ...{view.number_end}", {name: value for name, value in facts.items() if value})


@command.command()
@click.argument("gift_card_id", metavar="ID")
@click.option(
    "--reason", type=click.Choice(("lost", "stolen", "fraud", "damaged")), required=True, help="Why."
)
@click.option("--id", "block_id", help="The id of this act. Default: a new one.")
@group_option
@json_option
@click.pass_context
def block(
    ctx: click.Context,
    gift_card_id: str,
    reason: str,
    block_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Block a card by the id on its receipt. Its value waits for the replacement.

    Example: officine gift-card block gift-5f0c --reason lost
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.ActView":
        from wire.api_stored_value import GiftBlockBody

        body = to_body(
            GiftBlockBody, block_id=block_id or new_id("block"), reason=reason, gift_card_id=gift_card_id
        )
        return (await services.stored.gift_cards.block(actor, body))[0]

    show_act("Gift card blocked", as_person(ctx, group_id, work), as_json=as_json)


@command.command()
@click.argument("gift_card_id", metavar="ID")
@click.option("--new", "new_gift_card_id", help="The new card's id. Default: a new one.")
@click.option("--id", "replacement_id", help="The id of this act. Default: a new one.")
@group_option
@json_option
@click.pass_context
def replace(
    ctx: click.Context,
    gift_card_id: str,
    new_gift_card_id: str | None,
    replacement_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Let a new card take over the value of a blocked one; its number is told now and kept nowhere.

    Example: officine gift-card replace gift-5f0c
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.GiftReplacementView":
        from wire.api_stored_value import GiftReplacementBody

        body = to_body(
            GiftReplacementBody,
            replacement_id=replacement_id or new_id("rep"),
            gift_card_id=gift_card_id,
            new_gift_card_id=new_gift_card_id or new_id("gift"),
        )
        return (await services.stored.gift_endings.replace(actor, body))[0]

    view = as_person(ctx, group_id, work)
    if as_json:
        print_json(view)
        return
    facts = {
        "new id": view.card.gift_card_id,
        "new number": view.card.number,
        "holds": amount(view.act.balance, view.act.asset.partition("/")[0]),
    }
    print_facts(f"Gift card {gift_card_id} replaced", facts)


@command.command(epilog=NUMBER_HELP)
@number_argument
@click.option("--member", "member_id", required=True, help="The new member's id.")
@click.option("--family-name", required=True, help="The member's family name.")
@click.option("--given-name", default="", help="The member's given name.")
@click.option("--language", default="fr", show_default=True, help="fr, de, it, en or zh.")
@click.option("--id", "conversion_id", help="The id of this act. Default: a new one.")
@group_option
@json_option
@click.pass_context
def convert(
    ctx: click.Context,
    /,
    number: str,
    conversion_id: str | None,
    group_id: str | None,
    as_json: bool,
    **person: Any,
) -> None:
    """Make the holder of an empty card a member; the card is the member's from now on.

    Example: officine gift-card convert --member m-000501 --family-name Rochat -
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.GiftConversionView":
        from wire.api_stored_value import GiftConversionBody

        body = to_body(
            GiftConversionBody, conversion_id=conversion_id or new_id("conv"), number=number, member=person
        )
        return (await services.stored.gift_endings.convert(actor, body))[0]

    view = as_person(ctx, group_id, work)
    if as_json:
        print_json(view)
        return
    facts = {"id": view.member_id, "name": person["family_name"]}
    if view.possible_duplicates:
        facts["perhaps the same person as"] = ", ".join(view.possible_duplicates)
    print_facts("Member enrolled", facts)


@command.group()
def batch() -> None:
    """Cards of head office: prizes with an amount, or blank cards that shops sell.

    Example: officine gift-card batch list
    """


@batch.command("make")
@click.argument("batch_id", metavar="BATCH")
@click.argument("cards", type=int)
@click.option("--purpose", required=True, help="What they are for; kept with the batch.")
@click.option("--amount", "value", help="What each is worth, such as 20.00. Without: blank cards for sale.")
@click.option(
    "--funder", default="group", show_default=True, help="group, shop/ID, supplier/ID, association/ID."
)
@group_option
@json_option
@click.pass_context
def make_batch(
    ctx: click.Context, /, value: str | None, group_id: str | None, as_json: bool, **values: Any
) -> None:
    """Make a batch. Its cards are worth nothing until it is activated.

    Example: officine gift-card batch make lottery-2026 200 --purpose "Summer lottery" --amount 20.00
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.GiftBatchView":
        from wire.api_stored_value import GiftBatchBody

        minor = None if value is None else await minor_of(services, actor.group_id, value)
        body = to_body(GiftBatchBody, amount_minor=minor, **values)
        return (await services.stored.gift_batches.make(actor, body))[0]

    _show_batch(*as_person(ctx, group_id, with_currency(work)), as_json=as_json)


@batch.command()
@click.argument("batch_id", metavar="BATCH")
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--id", "handout_id", help="The id of this act; the same again gives the same file. Default: new."
)
@group_option
@json_option
@click.pass_context
def file(
    ctx: click.Context,
    batch_id: str,
    target: Path,
    handout_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Write the numbers for the card maker, once: place, id, number, and what to print as a QR code.

    The file is readable by its owner alone. Whoever has it can spend the cards once they are active.

    Example: officine gift-card batch file lottery-2026 cards.csv
    """
    from wire.files import write_private

    if target.exists() or not target.absolute().parent.is_dir():
        raise InputInvalid(where="FILE", why=f"{target} is there already, or its folder is not.")
    given_id = handout_id or new_id("out")

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.GiftBatchFileView":
        from wire.api_stored_value import HandOutBody

        body = to_body(HandOutBody, handout_id=given_id)
        return (await services.stored.gift_batches.hand_out(actor, batch_id, body))[0]

    view = as_person(ctx, group_id, work)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("place", "gift_card_id", "number", "payload"))
    rows.writerows((card.place, card.gift_card_id, card.number, card.payload) for card in view.cards)
    write_private(target, text.getvalue().encode())
    if as_json:
        print_json({"batch": view.batch, "file": str(target), "handout_id": given_id})
        return
    print_facts("Handed out", {"file": str(target), "cards": len(view.cards), "act": given_id})


@batch.command("activate")
@click.argument("batch_id", metavar="BATCH")
@click.option("--id", "activation_id", help="The id of this act; the same again goes on. Default: a new one.")
@group_option
@json_option
@click.pass_context
def activate_batch(
    ctx: click.Context, batch_id: str, activation_id: str | None, group_id: str | None, as_json: bool
) -> None:
    """The cards arrived: from now on each holds the batch's amount.

    Example: officine gift-card batch activate lottery-2026
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.GiftBatchView":
        from wire.api_stored_value import BatchActivationBody

        body = to_body(BatchActivationBody, activation_id=activation_id or new_id("batch"))
        return (await services.stored.gift_batches.activate(actor, batch_id, body))[0]

    _show_batch(*as_person(ctx, group_id, with_currency(work)), as_json=as_json)


@batch.command("list")
@group_option
@json_option
@click.pass_context
def list_batches(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """List the batches, newest first.

    Example: officine gift-card batch list
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.GiftBatchListView":
        from wire.api_stored_value import BatchQuery

        return await services.stored.gift_batches.list_batches(actor, BatchQuery())

    view, currency = as_person(ctx, group_id, with_currency(work))
    if as_json:
        print_json(view.batches)
        return
    if not view.batches:
        console().print(
            "There are no batches yet: `officine gift-card batch make` makes one.", soft_wrap=True
        )
        return
    rows = [
        (
            each.batch_id,
            each.state.replace("_", " "),
            each.cards,
            amount(each.amount_minor, currency) or "blank",
            each.funder,
            each.purpose,
        )
        for each in view.batches
    ]
    print_rows("Batches", ("Batch", "State", "Cards", "Each", "Paid by", "Purpose"), rows)


@batch.command("show")
@click.argument("batch_id", metavar="BATCH")
@click.option("--after", type=int, default=0, help="Cards after this place; a page has 200.")
@group_option
@json_option
@click.pass_context
def show_batch(ctx: click.Context, batch_id: str, after: int, group_id: str | None, as_json: bool) -> None:
    """Show what became of the cards of a batch, without their numbers.

    Example: officine gift-card batch show lottery-2026
    """

    async def work(services: "Services", actor: "Actor") -> "api_stored_value.BatchCardListView":
        from wire.api_stored_value import BatchCardQuery

        query = to_body(BatchCardQuery, after=after)
        return await services.stored.gift_batches.list_cards(actor, batch_id, query)

    view = as_person(ctx, group_id, work)
    if as_json:
        print_json(view)
        return
    rows = [
        (
            card.gift_card_id,
            card.state,
            amount(card.balance_minor, card.currency),
            moment(card.expires_ms) or "",
            card.member_id or card.replaced_by or "",
        )
        for card in view.cards
    ]
    print_rows(f"Cards of {batch_id}", ("Card", "State", "Holds", "Expires", "Went to"), rows)


def _show_batch(view: "api_stored_value.GiftBatchView", currency: str, *, as_json: bool) -> None:
    if as_json:
        print_json(view)
        return
    facts = {
        "state": view.state,
        "cards": view.cards,
        "each": amount(view.amount_minor, currency),
        "purpose": view.purpose,
        "paid by": view.funder,
        "expires": moment(view.expires_ms),
    }
    print_facts(f"Batch {view.batch_id}", facts)
