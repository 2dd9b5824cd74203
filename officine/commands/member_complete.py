"""`officine member complete`: data of members enrolled at the counter are keyed in (C-07, C-08)."""

from typing import TYPE_CHECKING, Any

import click

from officine.inputs import InputInvalid, to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_counter import CompletionView

PURPOSES = ("health", "email", "sms", "letter", "telephone")


@click.command()
@click.argument("member_id", metavar="ID", required=False)
@click.option(
    "--form", "form_number", metavar="NUMBER", help="By the paper form's number in place of the ID."
)
@click.option("--family-name", required=True)
@click.option("--given-name", default="")
@click.option("--salutation", type=click.Choice(("", "mr", "ms")), default="")
@click.option("--email", default="", help="Left out, the one that is there stays.")
@click.option("--phone", default="", help="With its country: +41 79 ...")
@click.option("--birth-date", default="", metavar="YYYY-MM-DD")
@click.option("--consent", "consents", multiple=True, type=click.Choice(PURPOSES), help="Agreed to; repeat.")
@group_option
@json_option
@click.pass_context
def complete(
    ctx: click.Context,
    /,
    member_id: str | None,
    form_number: str | None,
    group_id: str | None,
    as_json: bool,
    **values: Any,
) -> None:
    """Key in the data of a member who was enrolled by an e-mail address or a paper form.

    The cards that waited become active, the form is marked as keyed in. The same again changes nothing.

    Examples:
      officine member complete m-77 --family-name Aubert --given-name Eva --birth-date 1984-05-06
      officine member complete --form F-0417 --family-name Aubert --consent email
    """
    from wire.api_counter import CompletionBody

    if (member_id is None) == (form_number is None):
        raise InputInvalid(where="ID", why="names the member, or --form the paper form: give one of the two.")
    body = to_body(CompletionBody, **(values | {"consents": list(values["consents"])}))

    async def work(services: "Services", actor: "Actor") -> "CompletionView":
        enrolments = services.counter.enrolments
        whose = member_id or (await enrolments.find_form(actor, form_number or "")).member_id
        return await services.invitations.completing.complete(actor, whose, body)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    twins = ", ".join(view.possible_duplicates) or None
    print_facts("Complete", {"member": view.member_id, "perhaps the same person": twins})
