"""Members' pages: the card in the phone (`/m/`), what a card says to a telephone (`/t/`), and what somebody
who gave an e-mail address alone completes at home (`/j/`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

import structlog
from aiohttp import web

from central.services.bundle import Services
from central.services.cards.chip_messages import PORTAL
from central.services.core.access import IDENTIFY, Actor
from central.services.core.group import Group
from central.services.members.consents import ConsentPurpose
from central.services.members.invitations import InvitationOfMember, InvitationUnknown, InvitationUsed
from central.services.members.phone_cards import PhonePageUnknown
from central.web.portal import words
from central.web.portal.join_words import JOIN_PAGE_TEXT
from central.web.portal.page import Filled, Look, Page, card_page, form_page, tap_page, told_page
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.details import JOIN_FORM_BYTES_MAX
from loyalty.limits.web import HTTP_BODY_DEADLINE_S
from loyalty.programme.member import EnrolmentInvalid
from wire.api import EvidenceBody

log = structlog.get_logger("central.portal")

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Server": "officine",
}
_SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {"card_message_replayed": "used", "phone_page_unknown": "unknown", "group_not_found": "unknown"}
)
_NOT_TAKEN: Final[Mapping[str, tuple[str, int]]] = MappingProxyType(
    {
        InvitationUnknown.code: ("join_over", 404),
        InvitationUsed.code: ("join_used", 410),
        InvitationOfMember.code: ("join_member", 409),
    }
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Portal:
    """Makes the two applications; each goes under its own prefix."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def applications(self) -> dict[str, web.Application]:
        """By prefix, without the slash at its end."""
        phone = web.Application(middlewares=[_boundary])
        phone.router.add_get("/{group_id}/{handle}/{secret}", self._phone, allow_head=False)
        tap = web.Application(middlewares=[_boundary])
        tap.router.add_get("/{group_id}", self._tap, allow_head=False)
        invited = web.Application(middlewares=[_boundary])
        invited.router.add_get("/{group_id}/{invitation_id}/{secret}", self._invited, allow_head=False)
        invited.router.add_post("/{group_id}/{invitation_id}/{secret}", self._completed)
        return {"/m": phone, "/t": tap, "/j": invited}

    async def _phone(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info
        shown = await self._services.phone_cards.page(path["group_id"], path["handle"], path["secret"])
        look = await self._look(request, shown.group, shown.profile.language if shown.profile else "")
        if shown.refusal:
            return _answer(told_page(look, "refused"))
        return _answer(
            card_page(
                look,
                code=shown.code,
                left_ms=shown.left_ms,
                number_end=shown.number_end,
                profile=shown.profile,
            )
        )

    async def _tap(self, request: web.Request) -> web.StreamResponse:
        """The link that the chip wrote anew at this tap shows its page once.

        No link to a card in the phone is given here: who holds a telephone to a card in passing would take
        it along.
        """
        group_id = request.match_info["group_id"]
        actor = Actor(group_id=group_id, token_id=PORTAL, permissions=frozenset({IDENTIFY}))
        query = "&".join(part for part in request.query_string.split("&") if not part.startswith("lang="))
        group = await self._services.groups.get(group_id)
        view = await self._services.identify.identify(
            actor, EvidenceBody(medium="ntag424", value=f"?{query}")
        )
        look = await self._look(request, group, view.profile.language, may_change=False)
        return _answer(tap_page(look, number_end=view.card_number[-4:], profile=view.profile))

    async def _invited(self, request: web.Request) -> web.StreamResponse:
        """The form. Looking uses nothing up: mail servers open links before their readers do."""
        invitations = self._services.invitations
        try:
            shown = await invitations.page(*_link_of(request))
        except (InvitationUnknown, InvitationUsed) as error:
            return await self._not_taken(request, error)
        look = await self._look(request, shown.group, shown.language)
        return _answer(form_page(look, Filled(email=shown.email)))

    async def _completed(self, request: web.Request) -> web.StreamResponse:
        """What was filled in. Only who has the link can send it: its secret is what a forger lacks."""
        invitations, link = self._services.invitations, _link_of(request)
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPUnsupportedMediaType
        size = request.content_length
        if size is None or size > JOIN_FORM_BYTES_MAX:  # browsers say how long a form is
            raise web.HTTPRequestEntityTooLarge(JOIN_FORM_BYTES_MAX, size or 0)
        async with asyncio.timeout(HTTP_BODY_DEADLINE_S):
            sent = await request.post()
        given = {
            name: str(sent.get(name, "")).strip() for name in ("family_name", "given_name", "birth_date")
        }
        may_mail = "may_mail" in sent
        try:
            shown = await invitations.page(*link)
            look = await self._look(request, shown.group, shown.language)
            shown = await invitations.complete(
                *link,
                given=given,
                consents=[ConsentPurpose.EMAIL] if may_mail else [],
                text_version=f"{JOIN_PAGE_TEXT}/{look.language}",
            )
        except EnrolmentInvalid as error:
            filled = Filled(email=shown.email, may_mail=may_mail, wrong=str(error.params["field"]), **given)
            return _answer(form_page(look, filled), status=422)
        except (InvitationUnknown, InvitationUsed, InvitationOfMember) as error:
            return await self._not_taken(request, error)
        done = "join_done_card" if shown.has_card else "join_done"
        return _answer(told_page(look, done, title="join_title"))

    async def _not_taken(self, request: web.Request, error: LoyaltyError) -> web.StreamResponse:
        group = await self._services.groups.get(request.match_info["group_id"])
        look = await self._look(request, group, "")
        sentence, status = _NOT_TAKEN[error.code]
        return _answer(told_page(look, sentence, title="join_title"), status=status)

    async def _look(
        self, request: web.Request, group: Group, language: str, *, may_change: bool = True
    ) -> Look:
        settings = group.settings
        logo = (
            await self._services.store.find_picture(group.row.group_id, settings.logo)
            if settings.logo
            else None
        )
        accepted = request.headers.get("Accept-Language", "")
        chosen = words.wanted(request.query.get("lang", ""), accepted, language, settings.languages)
        return Look(
            language=chosen,
            languages=tuple(settings.languages) if may_change else (),
            name=settings.names.get(chosen, group.row.name),
            brand=settings.brand,
            tint=settings.brand_tint,
            currency=group.row.currency,
            logo=logo or b"",
        )


def _link_of(request: web.Request) -> tuple[str, str, str]:
    path = request.match_info
    return path["group_id"], path["invitation_id"], path["secret"]


@web.middleware
async def _boundary(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Trouble becomes a page that says what to do; nothing of it names a member or a card."""
    try:
        return await handler(request)
    except PhonePageUnknown as error:
        return _refused(request, error, status=404)
    except LoyaltyError as error:
        log.info("page_refused", code=error.code)
        return _refused(request, error, status=503 if error.trouble is Trouble.UNAVAILABLE else 403)
    except web.HTTPException:
        return _refused(request, PhonePageUnknown(), status=404)
    except Exception:  # the boundary of one request
        log.exception("page_broke")
        return _answer(told_page(Look(language=_browser(request)), "trouble"), status=500)


def _refused(request: web.Request, error: LoyaltyError, *, status: int) -> web.Response:
    sentence = "trouble" if error.trouble is Trouble.UNAVAILABLE else _SENTENCES.get(error.code, "refused")
    return _answer(told_page(Look(language=_browser(request)), sentence), status=status)


def _browser(request: web.Request) -> str:
    return words.wanted(request.query.get("lang", ""), request.headers.get("Accept-Language", ""), "", ())


def _answer(page: Page, status: int = 200) -> web.Response:
    headers = {**_HEADERS, "Content-Security-Policy": page.policy}
    return web.Response(
        status=status, text=page.html, content_type="text/html", charset="utf-8", headers=headers
    )
