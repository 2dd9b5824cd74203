"""Statements as files: CSV to go on with, PDF to print; a part of the one table in `routes`."""

from collections.abc import AsyncIterator, Awaitable
from typing import Annotated, Final

from msgspec import Meta

from central.services.clearing import papers, statements
from central.services.core import access
from central.services.group import months, parties, shops
from central.web.api.route import Answer, Call, File, Handler, Route
from loyalty.errors import LoyaltyError
from wire.api_base import Body

CSV: Final = "text/csv; charset=utf-8"
PDF: Final = "application/pdf"


class PaperQuery(Body, frozen=True):
    """Whether the paper lists each line."""

    lines: Annotated[bool, Meta(description="Whether the paper lists each line.")] = True


async def _once(made: Awaitable[bytes]) -> AsyncIterator[bytes]:
    yield await made


def _file(call: Call, what: str, media: str, pieces: AsyncIterator[bytes]) -> Answer:
    ending = "pdf" if media == PDF else "csv"
    return Answer(File(f"{what}-{call.path['month']}.{ending}", media, pieces))


async def get_settlement_csv(call: Call) -> Answer:
    """The lines of what a party owes for a month, as they may be handed to it (CSV)."""
    path = call.path
    pieces = call.services.clearing.sheets.of_party(call.actor, path["month"], path["kind"], path["party_id"])
    return _file(call, f"{path['kind']}-{path['party_id']}", CSV, pieces)


async def get_settlement_pdf(call: Call) -> Answer:
    """What a party owes for a month, to print (PDF)."""
    path = call.path
    made = call.services.clearing.papers.of_party(
        call.actor, path["month"], path["kind"], path["party_id"], with_lines=call.query.lines
    )
    return _file(call, f"{path['kind']}-{path['party_id']}", PDF, _once(made))


async def get_association_csv(call: Call) -> Answer:
    """What an association gets for a month, payer by payer (CSV)."""
    month, party_id = call.path["month"], call.path["party_id"]
    made = call.services.clearing.sheets.of_association(call.actor, month, party_id)
    return _file(call, f"association-{party_id}", CSV, _once(made))


async def get_association_pdf(call: Call) -> Answer:
    """What an association gets for a month, to print (PDF)."""
    month, party_id = call.path["month"], call.path["party_id"]
    made = call.services.clearing.papers.of_association(call.actor, month, party_id)
    return _file(call, f"association-{party_id}", PDF, _once(made))


async def get_clearing_csv(call: Call) -> Answer:
    """The dues of a month, each with what for (CSV)."""
    made = call.services.clearing.sheets.of_month(call.actor, call.path["month"])
    return _file(call, "clearing", CSV, _once(made))


async def get_clearing_pdf(call: Call) -> Answer:
    """The clearing of a month, to print (PDF)."""
    made = call.services.clearing.papers.of_month(call.actor, call.path["month"])
    return _file(call, "clearing", PDF, _once(made))


async def get_liability_csv(call: Call) -> Answer:
    """What is still out of each asset, and who pays for it (CSV)."""
    made = call.services.clearing.sheets.of_liabilities(call.actor, call.path["month"])
    return _file(call, "liability", CSV, _once(made))


async def get_liability_pdf(call: Call) -> Answer:
    """What is still out of each asset, and who pays for it, to print (PDF)."""
    made = call.services.clearing.papers.of_liabilities(call.actor, call.path["month"])
    return _file(call, "liability", PDF, _once(made))


_PARTY: Final = "/api/v1/settlements/{month}/parties/{kind}/{party_id}/statement"
_CLEARING: Final = "/api/v1/clearing/{month}"
_MONTH_ERRORS: Final = (months.MonthInvalid, statements.MonthNotBegun)
_PARTY_ERRORS: Final = (
    *_MONTH_ERRORS,
    parties.PartyKindUnknown,
    parties.PartyNotFound,
    shops.ShopNotFound,
)


def _route(
    path: str,
    tag: str,
    media: str,
    handler: Handler,
    errors: tuple[type[LoyaltyError], ...],
    query: type[Body] | None = None,
) -> Route:
    return Route(
        method="GET",
        path=path,
        operation=handler.__name__,
        tag=tag,
        permission=access.SETTLEMENTS_READ,
        handler=handler,
        answer=media,
        query=query,
        errors=errors,
    )


PAPER_ROUTES: Final = (
    _route(f"{_PARTY}.csv", "settlements", CSV, get_settlement_csv, _PARTY_ERRORS),
    _route(
        f"{_PARTY}.pdf",
        "settlements",
        PDF,
        get_settlement_pdf,
        (*_PARTY_ERRORS, papers.StatementTooLong),
        PaperQuery,
    ),
    _route(
        f"{_CLEARING}/associations/{{party_id}}/statement.csv",
        "associations",
        CSV,
        get_association_csv,
        (*_MONTH_ERRORS, parties.PartyNotFound),
    ),
    _route(
        f"{_CLEARING}/associations/{{party_id}}/statement.pdf",
        "associations",
        PDF,
        get_association_pdf,
        (*_MONTH_ERRORS, parties.PartyNotFound),
    ),
    _route(f"{_CLEARING}/statement.csv", "settlements", CSV, get_clearing_csv, _MONTH_ERRORS),
    _route(f"{_CLEARING}/statement.pdf", "settlements", PDF, get_clearing_pdf, _MONTH_ERRORS),
    _route(f"{_CLEARING}/liability.csv", "settlements", CSV, get_liability_csv, _MONTH_ERRORS),
    _route(f"{_CLEARING}/liability.pdf", "settlements", PDF, get_liability_pdf, _MONTH_ERRORS),
)
