"""`officine message`: e-mail and SMS to members."""

from typing import TYPE_CHECKING, BinaryIO

import click

from officine.inputs import new_id, to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.shown import counted, moment

if TYPE_CHECKING:
    from wire import api_messages

_STATES = click.Choice(("waiting", "sent", "failed", "dropped", "delivered", "undelivered"))


@click.group()
def command() -> None:
    """Write to members by e-mail or SMS, and see what became of it.

    Example: officine message send m-00042 --by sms "Votre commande est prête."
    """


@command.command()
@click.argument("member_id", metavar="MEMBER")
@click.argument("text")
@click.option("--by", "channel", required=True, type=click.Choice(("email", "sms")), help="How it goes.")
@click.option("--subject", default="", help="Of an e-mail: what it is about.")
@click.option("--id", "message_id", help="Default: a new one; give yours to be able to repeat.")
@group_option
@json_option
@click.pass_context
def send(
    ctx: click.Context,
    /,
    *,
    member_id: str,
    text: str,
    channel: str,
    subject: str,
    message_id: str | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Keep a message for a member who agreed to be written to that way; central hands it on.

    Example: officine message send m-00042 --by email --subject "Votre commande" "Elle est prête."
    """
    from wire.api_messages import MessageBody

    body = to_body(
        MessageBody,
        message_id=message_id or new_id("message"),
        channel=channel,
        subject=subject,
        text=text,
    )
    view, _ = as_operator(
        ctx.obj, group_id, lambda services, actor: services.messages.keep(actor, member_id, body)
    )
    if as_json:
        print_json(view)
        return
    facts = {"id": view.message_id, "member": member_id, "by": view.channel, "state": view.state}
    if view.parts:
        facts["size"] = counted(view.parts, "short message", "short messages")
    print_facts("Kept", facts)


@command.command("list")
@click.option("--member", "member_id", metavar="ID", help="All messages of a member, with what they say.")
@click.option("--state", type=_STATES, default="failed", show_default=True, help="Without --member.")
@group_option
@json_option
@click.pass_context
def list_(ctx: click.Context, member_id: str | None, state: str, group_id: str | None, as_json: bool) -> None:
    """List what was written to a member, or the messages of a state: those that failed, say.

    Example: officine message list --member m-00042
    """
    from wire.api_messages import MessageQuery

    if member_id is not None:
        told = as_operator(
            ctx.obj, group_id, lambda services, actor: services.messages.list_of_member(actor, member_id)
        )
        if as_json:
            print_json(told)
            return
        rows = [
            (moment(each.made_ms), each.channel, _state(each), f"{each.subject}\n{each.text}".strip())
            for each in told.messages
        ]
        print_rows(f"Messages ({len(rows)})", ("Kept", "By", "State", "Text"), rows)
        return
    query = MessageQuery(state=state)
    heads = as_operator(ctx.obj, group_id, lambda services, actor: services.messages.list(actor, query))
    if as_json:
        print_json(heads)
        return
    found = [
        (each.message_id, each.member_id, moment(each.made_ms), each.channel, _state(each), each.tries)
        for each in heads.messages
    ]
    title = f"Messages that are {state} ({len(found)})" if state != "failed" else f"Failed ({len(found)})"
    print_rows(title, ("Id", "Member", "Kept", "By", "State", "Tries"), found)


@command.command()
@click.argument("message_id", metavar="ID")
@group_option
@json_option
@click.pass_context
def retry(ctx: click.Context, message_id: str, group_id: str | None, as_json: bool) -> None:
    """Let a message that failed, or came to nobody, be tried anew.

    Example: officine message retry message-000017
    """
    view = as_operator(ctx.obj, group_id, lambda services, actor: services.messages.retry(actor, message_id))
    if as_json:
        print_json(view)
    else:
        print_facts("Tried anew", {"id": view.message_id, "state": view.state})


@command.command()
@click.argument("mail", type=click.File("rb"), metavar="FILE")
@group_option
@json_option
@click.pass_context
def bounce(ctx: click.Context, mail: BinaryIO, group_id: str | None, as_json: bool) -> None:
    """Take a mail that came back (a delivery report, RFC 3464): FILE, or - for standard input.

    A mail server can hand its reports on by itself, see docs/messages.md.

    Example: officine message bounce returned.eml
    """
    from loyalty.limits.messages import BOUNCE_BYTES_MAX

    raw = mail.read(BOUNCE_BYTES_MAX + 1)
    message_id, is_news = as_operator(
        ctx.obj, group_id, lambda services, actor: services.messages.delivery.take_bounce(actor, raw)
    )
    if as_json:
        print_json({"message_id": message_id, "is_news": is_news})
    else:
        print_facts("Report", {"id": message_id, "noted": "yes" if is_news else "nothing new"})


def _state(view: "api_messages.MessageView | api_messages.MessageHeadView") -> str:
    told = view.delivery or view.state
    return f"{told}: {view.reason}" if view.reason else told
