"""`officine card phone`: a card in its member's phone, a page whose code changes every 30 seconds."""

from typing import TYPE_CHECKING

import click

from officine.inputs import CARD_HELP, InputInvalid, new_id, read_dash, to_body
from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_facts, print_json

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_phone_cards import PhoneCardView

TEXTS = {
    "fr": "Votre carte de fidélité sur votre téléphone : {link}",
    "de": "Ihre Kundenkarte auf dem Telefon: {link}",
    "it": "La sua carta fedeltà sul telefono: {link}",
    "en": "Your loyalty card on your telephone: {link}",
    "zh": "手机会员卡：{link}",
}
SUBJECTS = {
    "fr": "Votre carte",
    "de": "Ihre Karte",
    "it": "La sua carta",
    "en": "Your card",
    "zh": "您的会员卡",
}


@click.command(epilog=CARD_HELP)
@click.argument("card_number", metavar="NUMBER", callback=read_dash)
@click.option(
    "--at", "address", metavar="URL", help="Where members reach central, such as https://loy.example."
)
@click.option(
    "--send", type=click.Choice(("email", "sms")), help="Write the link to the member, who agreed to it."
)
@click.option("--end", "is_end", is_flag=True, help="The phone was lost: no code of it is taken any more.")
@click.option("--id", "phone_card_id", help="Default: a new one; give yours to be able to repeat.")
@json_option
@group_option
@click.pass_context
def phone(
    ctx: click.Context,
    /,
    *,
    card_number: str,
    address: str | None,
    send: str | None,
    is_end: bool,
    phone_card_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Put a card into its member's phone: the link of a page whose code changes every 30 seconds.

    Whoever has the link has the card: give it to nobody but the member. A new link ends the one before.

    Examples:
      officine card phone 2990000000019 --at https://loy.example
      officine card phone 2990000000019 --at https://loy.example --send sms
      officine card phone 2990000000019 --end
    """
    from wire.api_phone_cards import PhoneCardBody, PhoneCardEndBody

    if is_end:
        ending = to_body(PhoneCardEndBody, card_number=card_number)
        ended = as_operator(
            ctx.obj, group_id, lambda services, actor: services.phone_cards.end(actor, ending)
        )
        if as_json:
            print_json(ended)
        else:
            console().print("The link has ended.")
        return
    if address is None or not address.startswith("https://"):
        raise InputInvalid(where="--at", why="says where members reach central, such as https://loy.example.")
    base = address.rstrip("/")
    made_id = phone_card_id or new_id("phone")
    body = to_body(PhoneCardBody, phone_card_id=made_id, card_number=card_number)

    async def work(services: "Services", actor: "Actor") -> "tuple[PhoneCardView, str]":
        view, _ = await services.phone_cards.make(actor, body)
        state = await _send(services, actor, view, base, send) if send else ""
        return view, state

    view, state = as_operator(ctx.obj, group_id, work)
    link = base + view.path
    if as_json:
        print_json({"id": made_id, "link": link, "made_ms": view.made_ms, "message": state or None})
        return
    print_facts("In the phone", {"link": link, "id": made_id} | ({"message": state} if state else {}))


async def _send(services: "Services", actor: "Actor", view: "PhoneCardView", base: str, channel: str) -> str:
    """Keep the message for the member; its state."""
    from wire.api_members import FindCardBody
    from wire.api_messages import MessageBody

    card = await services.cards.get_card(actor, to_body(FindCardBody, card_number=view.card_number))
    assert card.member_id is not None, "a card in a phone has a member"
    member = await services.members.get_member(actor, card.member_id)
    language = member.language if member.language in TEXTS else "fr"
    message = to_body(
        MessageBody,
        message_id=f"{view.phone_card_id}-link",
        channel=channel,
        subject=SUBJECTS[language] if channel == "email" else "",
        text=TEXTS[language].format(link=base + view.path),
    )
    kept, _ = await services.messages.keep(actor, card.member_id, message)
    return kept.state
