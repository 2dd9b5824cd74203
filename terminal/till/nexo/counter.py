"""nexo's Admin: what a clerk does for members, said by a till (docs/nexo.md).

nexo has no words of its own for it. Each service is one of central's at the counter; the till names it and
gives what it needs as `k=v&k=v`. Nothing of it is stored here: a repeated message is the same act by its id,
and codes and passes of clerks touch no disk.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar
from urllib.parse import parse_qsl, quote

import msgspec

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S, IDENTIFY_TIMEOUT_S
from loyalty.limits.tills import ADMIN_PAIRS_MAX
from loyalty.programme.chip_numbers import HealthCard, is_health_card
from loyalty.programme.insured_card import is_insured
from terminal import session as flow
from terminal.till.nexo.basket_texts import basket_of_texts, text_of_basket
from terminal.till.nexo.context import POI_TRANSACTION, Ask, NexoFailure, Till, additional, success
from terminal.till.nexo.counter_pins import have_pin
from terminal.till.nexo.holder import account_typed, card_missing, find_holder
from terminal.till.nexo.noting import evidence_body
from terminal.till.nexo.of_nobody import get_sale_at_central, note_moved, stands_as
from wire import api_counter as api
from wire.api import EvidenceBody
from wire.api_base import View
from wire.api_members import CardView
from wire.api_messages import MessageBody, MessageView
from wire.choices import explained
from wire.nexo.admin import AdminRequest, AdminResponse
from wire.nexo.base import Nexo, TransactionIdentification

V = TypeVar("V", bound=View)
Pairs = Mapping[str, str]
READER: Final = "reader"
"""In place of a card's number: the card that lies on the reader. An acquired card goes by its reference."""
_FLAGS: Final = MappingProxyType({"true": True, "false": False})


async def admin(till: Till, ask: Ask) -> Nexo:
    """Do one service of the counter at central, as the clerk whose pass the till gives.

    Raises: NexoFailure, CentralUnreachable, CentralRefused.
    """
    request = ask.body
    assert isinstance(request, AdminRequest)
    pairs = read_pairs(request.service_identification or "")
    name = pairs.pop("service", "")
    service = SERVICES.get(name)
    if service is None:
        raise NexoFailure(
            "UnavailableService",
            f"ServiceIdentification begins with service=, one of: {', '.join(SERVICES)}.",
            reason_code="admin_service_unknown",
        )
    if till.in_training(ask.sale_id):
        raise NexoFailure(
            "NotAllowed",
            "In training clerks do nothing for members. End the training first.",
            reason_code="not_in_training",
        )
    unknown = [given for given in pairs if given not in service.takes]
    if unknown:
        raise _wrong(f"{name} knows no {unknown[0]}; it takes: {', '.join(service.takes)}.")
    told = await service.do(till, ask, pairs)
    return AdminResponse(response=success(additional({"service": name} | told)))


def read_pairs(text: str) -> dict[str, str]:
    """The pairs of a ServiceIdentification. Raises: NexoFailure."""
    try:
        found = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=ADMIN_PAIRS_MAX)
    except ValueError as error:  # undecodable bytes, or too many
        raise _wrong(f"ServiceIdentification is not k=v&k=v with at most {ADMIN_PAIRS_MAX} pairs.") from error
    pairs = dict(found)
    if len(pairs) != len(found):
        raise _wrong("A name stands twice in ServiceIdentification.")
    return pairs


def _wrong(message: str) -> NexoFailure:
    return NexoFailure("MessageFormat", message, reason_code="admin_invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`takes`: the names of the pairs it knows."""

    takes: tuple[str, ...]
    do: Callable[[Till, Ask, Pairs], Awaitable[dict[str, str]]]


def _posting(
    path: str, body: type[msgspec.Struct], answer: type[V], tell: Callable[[V], dict[str, str]], **names: str
) -> Service:
    """A service that is one POST: `names` are the pairs it takes, each with the member of the body it is,
    unless it stands in the path.
    """

    async def do(till: Till, ask: Ask, pairs: Pairs) -> dict[str, str]:
        at, values = path, {}
        for name, member in names.items():
            if f"{{{name}}}" in path:
                at = at.replace(f"{{{name}}}", quote(_required(pairs, name), safe=""))
            elif name in pairs:
                values[member] = await _value(till, ask, name, pairs)
        view = await till.link.call("POST", at, _body(body, values), answer, CENTRAL_TIMEOUT_S)
        if isinstance(view, api.MendedTicketView):
            await _note_mended(till, pairs["ticket"], view)
        return tell(view)

    return Service(takes=tuple(names), do=do)


def _required(pairs: Pairs, name: str) -> str:
    if not pairs.get(name):
        raise _wrong(f"{name}= is missing.")
    return pairs[name]


def _body(type_: type[msgspec.Struct], values: Mapping[str, object]) -> msgspec.Struct:
    """Raises: NexoFailure: what is missing or wrong, by its name and never with what was given."""
    try:
        return msgspec.convert(dict(values), type_)
    except msgspec.ValidationError as error:
        raise _wrong(f"{explained(error, type_)}. Correct it at the till.") from None


async def _value(till: Till, ask: Ask, name: str, pairs: Pairs) -> object:
    text = pairs[name]
    match name:
        case "card":
            return _card(till, ask, text)
        case "ticket":
            return await _sale_id(till, text, pairs.get("id", ""))
        case "insured":
            return _insured(till, ask)
        case "agreed":
            return _FLAGS.get(text, text)
        case "consents":
            return [each for each in text.split(",") if each]
        case _:
            return text


def _card(till: Till, ask: Ask, text: str) -> dict[str, str]:
    if is_health_card(text):
        raise NexoFailure("InvalidCard", HealthCard.text, reason_code=HealthCard.code)
    is_acquired = text.startswith(POI_TRANSACTION)
    reference = TransactionIdentification(transaction_id=text, time_stamp="") if is_acquired else None
    account = None if is_acquired or text == READER else account_typed(text)
    holder = find_holder(till, ask.sale_id, reference, account)
    if holder is None:
        raise card_missing(
            till,
            ask.sale_id,
            "No card lies on the reader: have it put there, or send card= with its number.",
        )
    body = evidence_body(holder.evidence)
    return {"medium": body.medium, "value": body.value}


def _insured(till: Till, ask: Ask) -> str:
    """The keyed hash that the reader made of the insured-person card which lies there."""
    lying = flow.card_for(till.desk.sessions, ask.sale_id, till.clock())
    if lying is None or not is_insured(lying.evidence.value):
        raise NexoFailure(
            "NotFound",
            "No insured-person card lies on the reader, or its key file is not set ([reader]"
            " insured_card_key_file). Have the card put there, then repeat.",
            reason_code="insured_card_missing",
        )
    return lying.evidence.value


async def _sale_id(till: Till, text: str, act_id: str) -> str:
    sale = await get_sale_at_central(till, text)
    return await stands_as(till, sale.sale_id, act_id=act_id)


async def _note_mended(till: Till, ticket: str, view: api.MendedTicketView) -> None:
    """A ticket of another member: its returns go there, and the till's day tells what it gave."""
    if view.new_sale_id is None:
        return
    await note_moved(till, view.sale_id, act_id=view.act_id, new_sale_id=view.new_sale_id)
    sale = await till.outbox.find_fact(ticket)
    if sale is not None:
        await till.totals.settle(sale.entry_id, view.points)


async def _without_card(till: Till, ask: Ask, _: Pairs) -> dict[str, str]:
    """The till's tickets that came without a card: what `late-card` takes, by their numbers on the paper."""
    kept = await till.nobodys.list_of(ask.sale_id)
    told = {"count": str(len(kept))}
    for number, each in enumerate(kept, start=1):
        told |= {
            f"ticket.{number}": each.entry.poi_transaction_id,
            f"number.{number}": each.number,
            f"occurredMs.{number}": str(each.occurred_ms),
            f"totalMinor.{number}": str(each.total_minor),
            f"currency.{number}": each.currency,
        }
    return told


def _signed_in(view: api.ClerkView) -> dict[str, str]:
    return {
        "clerk": view.clerk,
        "staff": view.staff_id,
        "role": view.role,
        "shop": view.shop_id,
        "expiresMs": str(view.expires_ms),
    }


def _found(view: api.FoundListView) -> dict[str, str]:
    told = {"strength": view.strength, "count": str(len(view.members))}
    for number, each in enumerate(view.members, start=1):
        told |= {
            f"found.{number}": each.found,
            f"name.{number}": each.display_name,
            f"born.{number}": each.birth_year,
            f"email.{number}": each.email_hint,
            f"hasCard.{number}": "true" if each.has_card else "false",
        }
    return told


def _enrolled(view: api.CounterEnrolView) -> dict[str, str]:
    return {
        "member": view.member_id,
        "cardNumber": view.card_number or "",
        "cardState": view.card_state or "",
        "form": view.form_number or "",
        "isInvited": "true" if view.is_invited else "false",
    }


def _card_given(view: CardView) -> dict[str, str]:
    return {"member": view.member_id or "", "cardNumber": view.card_number, "cardState": view.state}


def _mended(view: api.MendedTicketView) -> dict[str, str]:
    return {
        "member": view.member_id or "",
        "points": str(view.points),
        "totalMinor": str(view.total_minor),
    }


def _incident(view: api.IncidentView) -> dict[str, str]:
    return {"incident": view.incident_id, "state": view.state, "kind": view.kind}


def _parked_list(view: api.ParkedListView) -> dict[str, str]:
    told = {"count": str(len(view.parked))}
    for number, each in enumerate(view.parked, start=1):
        told |= {
            f"parked.{number}": each.parked_id,
            f"label.{number}": each.label,
            f"staff.{number}": each.staff_id,
            f"expiresMs.{number}": str(each.expires_ms),
        }
    return told


def _taken(view: api.TakenUpView) -> dict[str, str]:
    told = {"parked": view.parked_id, "label": view.label, "currency": view.basket.currency}
    if view.holder is not None and view.holder.medium in ("typed", "barcode"):
        told["card"] = view.holder.value
    if view.basket.vouchers:
        told["vouchers"] = ",".join(view.basket.vouchers)
    return told | {"lines": text_of_basket(view.basket)}


async def _park(till: Till, ask: Ask, pairs: Pairs) -> dict[str, str]:
    rest = {name: text for name, text in pairs.items() if name in ("id", "clerk", "label")}
    body = _body(
        api.ParkBody,
        {
            "parked_id": rest.get("id", ""),
            "clerk": rest.get("clerk", ""),
            "label": rest.get("label", ""),
            "basket": msgspec.to_builtins(
                basket_of_texts(till, pairs.get("currency", ""), pairs.get("lines", ""))
            ),
            "holder": _card(till, ask, pairs["card"]) if "card" in pairs else None,
        },
    )
    view = await till.link.call("POST", "/counter/parked", body, api.ParkedView, CENTRAL_TIMEOUT_S)
    return {"parked": view.parked_id, "label": view.label, "expiresMs": str(view.expires_ms)}


async def _message(till: Till, ask: Ask, pairs: Pairs) -> dict[str, str]:
    """Whoever holds the card is written to, on a channel they agreed to."""
    _required(pairs, "clerk")
    names = {"id": "message_id", "clerk": "clerk", "channel": "channel", "text": "text", "subject": "subject"}
    body = _body(MessageBody, {names[name]: text for name, text in pairs.items() if name in names})
    card = msgspec.convert(_card(till, ask, pairs.get("card", READER)), EvidenceBody)
    known = await till.link.identify(card)
    path = f"/members/{quote(known.profile.member_id, safe='')}/messages"
    view = await till.link.call("POST", path, body, MessageView, IDENTIFY_TIMEOUT_S)
    return {"message": view.message_id, "state": view.state, "reason": view.reason}


async def _holder(till: Till, ask: Ask, pairs: Pairs) -> dict[str, str]:
    """Whose card lies on the reader, for the clerk to compare with the paper before `pin`."""
    body = _body(api.PinHolderBody, {"clerk": _required(pairs, "clerk"), "holder": _card(till, ask, READER)})
    path = "/counter/pins/holder"
    view = await till.link.call("POST", path, body, api.PinHolderView, CENTRAL_TIMEOUT_S)
    return {"member": view.member_id, "name": view.name, "card": view.card_number, "cardEnd": view.card_end}


async def _pin(till: Till, ask: Ask, pairs: Pairs) -> dict[str, str]:
    """Set, reset or unlocked, with the card on the reader: the member types it at the kiosk, twice."""
    names = {"id": "act_id", "clerk": "clerk", "kind": "kind", "identity": "identity"}
    values: dict[str, object] = {member: pairs[name] for name, member in names.items() if name in pairs}
    body = _body(api.PinBody, values | {"holder": _card(till, ask, READER)})
    assert isinstance(body, api.PinBody)
    view = await have_pin(till, ask, body, card=pairs.get("card", ""))
    return {"member": view.member_id, "triesLeft": str(view.tries_left)}


_ACT: Final = {"id": "act_id", "clerk": "clerk"}
_MENDING: Final = _ACT | {"ticket": "sale_id", "card": "holder", "reason": "reason"}

SERVICES: Final[Mapping[str, Service]] = MappingProxyType(
    {
        "sign-in": _posting(
            "/counter/sign-in", api.SignInBody, api.ClerkView, _signed_in, staff="staff_id", code="code"
        ),
        "find": _posting(
            "/counter/finds",
            api.FindBody,
            api.FoundListView,
            _found,
            **_ACT,
            name="name",
            born="birth_date",
            phone="phone",
            email="email",
        ),
        "enrol": _posting(
            "/counter/enrolments",
            api.CounterEnrolBody,
            api.CounterEnrolView,
            _enrolled,
            **_ACT,
            member="member_id",
            agreed="agreed",
            email="email",
            form="form_number",
            card="card",
            language="language",
            consents="consents",
        ),
        "give-card": _posting(
            "/counter/cards",
            api.GiveCardBody,
            CardView,
            _card_given,
            **_ACT,
            found="found",
            card="card",
            identity="identity",
        ),
        "insured-card": _posting(
            "/counter/insured-cards",
            api.InsuredCardBody,
            api.InsuredCardView,
            lambda view: {"member": view.member_id},
            **_ACT,
            card="holder",
            insured="insured",
            agreed="agreed",
        ),
        "undo": _posting(
            "/counter/undo",
            api.UndoBody,
            api.MendedTicketView,
            _mended,
            **_ACT,
            ticket="sale_id",
            reason="reason",
        ),
        "without-card": Service(takes=(), do=_without_card),
        "late-card": _posting(
            "/counter/late-cards", api.GiveTicketBody, api.MendedTicketView, _mended, **_MENDING
        ),
        "move": _posting(
            "/counter/ticket-moves", api.GiveTicketBody, api.MendedTicketView, _mended, **_MENDING
        ),
        "incident": _posting(
            "/counter/incidents",
            api.IncidentBody,
            api.IncidentView,
            _incident,
            id="incident_id",
            clerk="clerk",
            kind="kind",
            ticket="sale_id",
            card="holder",
            text="text",
        ),
        "park": Service(takes=("id", "clerk", "label", "currency", "lines", "card"), do=_park),
        "parked": _posting(
            "/counter/parked/list", api.ParkedListBody, api.ParkedListView, _parked_list, clerk="clerk"
        ),
        "take-up": _posting(
            "/counter/parked/{parked}/take",
            api.TakeUpBody,
            api.TakenUpView,
            _taken,
            id="take_id",
            clerk="clerk",
            parked="parked_id",
        ),
        "holder": Service(takes=("clerk",), do=_holder),
        "pin": Service(takes=("id", "clerk", "kind", "identity", "card"), do=_pin),
        "message": Service(takes=("id", "clerk", "card", "channel", "text", "subject"), do=_message),
    }
)
"""Each service of the counter that a till may ask for."""
