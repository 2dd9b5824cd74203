"""`officine till`: be a till, and speak nexo to the terminal."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from rich.markup import escape

from loyalty.errors import LoyaltyError, Trouble
from loyalty.money import parse_minor, scale_of
from officine.inputs import CARD_HELP, InputInvalid, read_dash
from officine.other_tills import ask_wedge, caisse_ap, print_ticket
from officine.output import console, json_option, print_facts, print_json
from officine.paired_tills import list_tills, pair, paired_option, terminal_in, training, unpair
from officine.programs import is_configured, settings_of
from officine.till_counter import ask_counter, given_argument, read_given, service_argument
from officine.till_keys import KeysFileUnknown, key_group, keys_file_of, newest_key
from officine.till_payments import pay_and_award, payment_options, read_payments

if TYPE_CHECKING:
    from tools.till import Item, SimulatedTill
    from tools.till.paired import PairedTerminal
    from wire.nexo.base import Response

T = TypeVar("T")

DEFAULT_URL: Final = "https://127.0.0.1:8443"
AWARD_ITEM: Final = re.compile(r"(?P<code>[^*=:]+)(\*(?P<quantity>[0-9]{1,6}))?=(?P<amount>[0-9.]+)")
RETURN_ITEM: Final = re.compile(
    r"(?P<line>[0-9]{1,7}):(?P<code>[^*=:]+)(\*(?P<quantity>[0-9]{1,6}))?=(?P<amount>[0-9.]+)"
)
KEPT: Final = frozenset({"card_missing", "card_of_other_till", "card_came_late"})
"""Refusals of an award whose ticket the terminal keeps all the same."""
card_option = click.option(
    "--card", callback=read_dash, metavar="NUMBER", help="A scanned card. Default: the card on the reader."
)


class TillUnanswered(LoyaltyError):
    """The terminal cannot be reached, or answers what is no answer."""

    code = "till_unanswered"
    trouble = Trouble.UNAVAILABLE
    text = "{url}: {reason}. Is the terminal agent running (officine terminal run), and is --url its port?"


@dataclass(frozen=True, kw_only=True)
class TillPlan:
    """Which till to be, and where the terminal is."""

    url: str
    sale_id: str
    poi_id: str
    currency: str
    language: str
    ca_file: str | None
    keys_file: Path | None
    is_plain: bool
    config: str | None = None
    paired: "PairedTerminal | None" = None

    def require_keys_file(self) -> Path:
        """Where this machine's terminal keeps the keys of tills. Raises: KeysFileUnknown."""
        if self.keys_file is None:
            raise KeysFileUnknown
        return self.keys_file


@click.group()
@click.option("--url", help=f"The terminal. Default: the one of the settings, else {DEFAULT_URL}.")
@click.option("--till", "sale_id", default="TILL-1", show_default=True, help="The till's name (SaleID).")
@click.option("--poi", "poi_id", help="The terminal's name (POIID). Default: the one of the settings.")
@click.option("--currency", default="CHF", show_default=True)
@click.option(
    "--language",
    type=click.Choice(("en", "fr", "de", "it")),
    default="en",
    show_default=True,
    help="What the cashier reads. A member's paper is in the member's language.",
)
@click.option(
    "--ca-file",
    type=click.Path(exists=True, dir_okay=False),
    help="Check the terminal's certificate against this file. Default: not checked.",
)
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Encrypt under the newest key of this file. Default: the one of the settings.",
)
@paired_option
@click.option("--plain", "is_plain", is_flag=True, help="Do not encrypt, whatever keys there are.")
@click.pass_context
def command(
    ctx: click.Context,
    url: str | None,
    sale_id: str,
    poi_id: str | None,
    currency: str,
    language: str,
    ca_file: str | None,
    key_file: Path | None,
    paired_file: Path | None,
    is_plain: bool,
) -> None:
    """Be a till: speak nexo to the terminal, as the shop's till does.

    A customer: `balance`, then `award` with the paid ticket. What points, a gift card or the purse pay is
    said with the award (--redeem, --gift-card, --purse): it is held first, then booked with it. `return` for
    goods that come back; `counter` for what clerks do, such as adding a card that was forgotten.

    Examples:
      officine till pair 192.0.2.17:8443 482915
      officine till login
      officine till award 7612345000012*2=19.80 --card 2990000000019
      officine till award 7612345000012*2=19.80 --redeem 500
    """
    scale_of(currency)
    place, name = DEFAULT_URL, "OFFICINE-00000001"
    if (url is None or poi_id is None) and is_configured("terminal", ctx.obj):
        settings = settings_of("terminal", ctx.obj)
        host = "127.0.0.1" if settings.nexo_host in ("0.0.0.0", "::") else settings.nexo_host  # noqa: S104
        place, name = f"https://{host}:{settings.nexo_port}", settings.poi_id
    paired = terminal_in(paired_file, poi_id) if paired_file is not None else None
    ctx.obj = TillPlan(
        config=ctx.obj,
        paired=paired,
        url=(paired.url if paired else url or place).rstrip("/").removesuffix("/nexo"),
        sale_id=paired.identifier if paired else sale_id,
        poi_id=paired.poi_id if paired else poi_id or name,
        currency=currency,
        language=language,
        ca_file=ca_file,
        keys_file=key_file or keys_file_of(ctx.obj),
        is_plain=is_plain,
    )


command.add_command(key_group)
command.add_command(caisse_ap)
command.add_command(print_ticket)
command.add_command(ask_wedge)
command.add_command(pair)
command.add_command(list_tills)
command.add_command(unpair)
command.add_command(training)


@command.command()
@click.option("--training/--no-training", "is_training", default=None, help="Practise, or no more.")
@json_option
@click.pass_context
def login(ctx: click.Context, is_training: bool | None, as_json: bool) -> None:
    """Begin the day: Login. With --training what this till does from here on is practice, booked nowhere.

    Example: officine till login
    """
    answer = _ask(ctx.obj, lambda till: till.login(is_training=is_training))
    system = answer.poi_system_data
    software = system.poi_software if system else None
    facts = {"terminal": f"{software.application_name} {software.software_version}" if software else None}
    _tell("Login", answer, answer.response, facts, as_json=as_json)


@command.command()
@json_option
@click.pass_context
def diagnosis(ctx: click.Context, as_json: bool) -> None:
    """Ask how the terminal, its reader and its link are: Diagnosis.

    Example: officine till diagnosis
    """
    answer = _ask(ctx.obj, lambda till: till.diagnosis())
    status = answer.poi_status
    facts = {
        "status": status.global_status if status else None,
        "communication": _yes(status.communication_ok_flag) if status else None,
        "card reader": _yes(status.card_reader_ok_flag) if status else None,
        "central reached": ", ".join(_yes(each.is_reachable_flag) for each in answer.host_status or ()),
        "tills logged in": ", ".join(answer.logged_sale_id or ()),
    }
    _tell("Diagnosis", answer, answer.response, facts, as_json=as_json)


@command.command(epilog=CARD_HELP)
@card_option
@json_option
@click.pass_context
def balance(ctx: click.Context, card: str | None, as_json: bool) -> None:
    """Ask for the balance of a card: BalanceInquiry.

    Example: officine till balance --card 2990000000019
    """
    answer = _ask(ctx.obj, lambda till: till.balance(card=card))
    found = answer.loyalty_account_status
    facts = {"balance": found.current_balance if found else None} | _facts(ctx.obj, answer.response)
    _tell("Balance", answer, answer.response, facts, as_json=as_json)


@command.command(epilog=CARD_HELP)
@click.argument("items", metavar="CODE[*QUANTITY]=AMOUNT...", nargs=-1, required=True)
@card_option
@payment_options
@json_option
@click.pass_context
def award(
    ctx: click.Context, /, items: tuple[str, ...], card: str | None, as_json: bool, **paying: Any
) -> None:
    """Report a paid ticket: Loyalty Award. AMOUNT is for all units of the line.

    The answer's reference is what `officine till return` takes. What points (--redeem), gift cards and the
    purse are to pay is held first, each by a message of its own; where one is refused, the others are let go
    and nothing is booked. Without a card the ticket is kept under its reference: the same award is not sent
    again here, a clerk adds the card (officine till counter late-card).

    Examples:
      officine till award 7612345000012=9.90 --card 2990000000019
      officine till award 7612345000012*2=19.80 2000000000015=4.50
      officine till award 7612345000012=29.90 --redeem 500
      officine till award 7612345000012=29.90 --gift-card 91234567890123456789=20.00 --purse 5.00
    """
    plan: TillPlan = ctx.obj
    lines = [award_item(plan, number, text) for number, text in enumerate(items, start=1)]
    payments = read_payments(plan.currency, **paying)
    answer, service_id = _ask(
        plan, lambda till: _with_service_id(till, pay_and_award(till, lines, card, payments))
    )
    _tell_loyalty(plan, "Award", answer, service_id, as_json=as_json)


@command.command("return", epilog=CARD_HELP)
@click.argument("reference", metavar="REFERENCE")
@click.argument("items", metavar="[LINE:CODE[*QUANTITY]=AMOUNT...]", nargs=-1)
@card_option
@json_option
@click.pass_context
def give_back(
    ctx: click.Context, reference: str, items: tuple[str, ...], card: str | None, as_json: bool
) -> None:
    """Goods come back: Loyalty AwardRefund, of the lines named or of all that is left.

    REFERENCE is the one the award's answer gave (ID@TIME); lines count from 1 in its order.

    Examples:
      officine till return P-0123@2026-11-22T09:00:00Z
      officine till return P-0123@2026-11-22T09:00:00Z 1:7612345000012*1=9.90
    """
    from wire.nexo.base import TransactionIdentification

    plan: TillPlan = ctx.obj
    number, _, time_stamp = reference.partition("@")
    if not number or not time_stamp:
        raise InputInvalid(where="REFERENCE", why="is ID@TIME, as the award's answer gave it.")
    original = TransactionIdentification(transaction_id=number, time_stamp=time_stamp)
    lines = [_return_item(plan, text) for text in items]
    answer, service_id = _ask(
        plan, lambda till: _with_service_id(till, till.award_refund(original, lines, card=card))
    )
    _tell_loyalty(plan, "Return", answer, service_id, as_json=as_json)


@command.command()
@click.argument("service_id", metavar="SERVICE_ID")
@json_option
@click.pass_context
def status(ctx: click.Context, service_id: str, as_json: bool) -> None:
    """Ask what became of an earlier award or return: TransactionStatus.

    Example: officine till status 0a1b2c3d4e
    """
    answer = _ask(ctx.obj, lambda till: till.status(service_id))
    repeated = answer.repeated_message_response
    first = repeated.repeated_response_message_body.loyalty_response if repeated else None
    facts: dict[str, object] = {"answered then": first.response.result if first else None}
    if first is not None:
        facts |= _facts(ctx.obj, first.response)
    _tell("Transaction status", answer, answer.response, facts, as_json=as_json)


@command.command(epilog="A code given as - is read from standard input.")
@service_argument
@given_argument
@click.option("--code", callback=read_dash, help="With sign-in: the clerk's code.")
@json_option
@click.pass_context
def counter(
    ctx: click.Context, service: str, texts: tuple[str, ...], code: str | None, as_json: bool
) -> None:
    """Ask for a service of the counter: Admin. It names the clerk's pass, and an id of its own.

    Services, and what each takes: docs/nexo.md. ticket= is the reference that an award gave, with or without
    its @TIME; card= a number, or reader for the card that lies there.

    Examples:
      officine till counter sign-in staff=s-7 --code -
      officine till counter find id=find-1 clerk=... "name=Carla Rochat"
      officine till counter without-card
      officine till counter late-card id=a-1 clerk=... ticket=L-0123 card=reader reason=card_forgotten
    """
    given = read_given(texts, code)
    answer = _ask(ctx.obj, lambda till: ask_counter(till, service, given))
    _tell(f"Counter: {service}", answer, answer.response, _pairs(answer.response), as_json=as_json)


def _ask(plan: TillPlan, work: "Callable[[SimulatedTill], Awaitable[T]]") -> T:
    import aiohttp

    from tools.till import SimulatedTill, TillError

    async def run() -> T:
        if plan.paired is not None:
            known = await asyncio.to_thread(plan.paired.a_till, currency=plan.currency)
            known.language = plan.language
            async with known:
                return await work(known)
        till = SimulatedTill(
            plan.url,
            sale_id=plan.sale_id,
            poi_id=plan.poi_id,
            currency=plan.currency,
            language=plan.language,
            ca_file=plan.ca_file,
            key=None if plan.is_plain else newest_key(plan.keys_file),
        )
        async with till:
            return await work(till)

    try:
        return asyncio.run(run())
    except (aiohttp.ClientError, TimeoutError, OSError, TillError) as error:
        reason = str(error) or type(error).__name__
        raise TillUnanswered(url=plan.url, reason=reason.rstrip(".")) from error


async def _with_service_id(till: "SimulatedTill", asking: Awaitable[T]) -> tuple[T, str]:
    """The answer and the ServiceID that was asked under last: what `status` needs."""
    return await asking, till.last_service_id


def award_item(plan: TillPlan, number: int, text: str) -> "Item":
    """A line as the command line names it. Raises: InputInvalid."""
    match = AWARD_ITEM.fullmatch(text)
    if match is None:
        raise InputInvalid(where=text, why="is not CODE=AMOUNT or CODE*QUANTITY=AMOUNT, such as 761*2=19.80.")
    return _item(plan, number, match)


def _return_item(plan: TillPlan, text: str) -> "Item":
    match = RETURN_ITEM.fullmatch(text)
    if match is None:
        raise InputInvalid(where=text, why="is not LINE:CODE*QUANTITY=AMOUNT, such as 1:761*1=9.90.")
    return _item(plan, int(match["line"]), match)


def _item(plan: TillPlan, number: int, match: re.Match[str]) -> "Item":
    from tools.till import Item

    return Item(
        line_no=number,
        code=match["code"],
        quantity=int(match["quantity"] or 1),
        amount_minor=parse_minor(match["amount"], scale_of(plan.currency)),
    )


def _tell_loyalty(plan: TillPlan, title: str, answer: Any, service_id: str, *, as_json: bool) -> None:
    reference = answer.poi_data.poi_transaction_id if answer.poi_data else None
    facts: dict[str, object] = {
        "reference": f"{reference.transaction_id}@{reference.time_stamp}" if reference else None,
        "service id": service_id,
    }
    _tell(
        title,
        {"service_id": service_id, "reference": facts["reference"], "answer": answer},
        answer.response,
        facts | _facts(plan, answer.response),
        as_json=as_json,
    )


def _tell(
    title: str, answer: Any, response: "Response", facts: Mapping[str, object], *, as_json: bool
) -> None:
    is_success = response.result == "Success"
    if as_json:
        print_json(answer)
    elif is_success:
        print_facts(title, {"result": response.result} | dict(facts))
    else:
        pairs = _pairs(response)
        text = pairs.get("message") or response.error_condition or "no reason was given"
        condition = response.error_condition or response.result
        console().print(f"[bold red]✗[/] {title}: {escape(f'{condition}: {text}')}", soft_wrap=True)
        if pairs.get("code") in KEPT and facts.get("reference"):
            console().print(f"  kept as {escape(str(facts['reference']))}, for a card that is added later")
    if not is_success:
        raise SystemExit(1)


def _pairs(response: "Response") -> dict[str, str]:
    from tools.till import read_additional

    return read_additional(response.additional_response)


def _facts(plan: TillPlan, response: "Response") -> dict[str, object]:
    from officine.till_answer import facts_of

    return facts_of(_pairs(response), plan.currency)


def _yes(flag: bool | None) -> str:
    return "–" if flag is None else "yes" if flag else "no"
