"""Members' pages: the card in the phone (`/m/`), and what a card says to a telephone (`/t/`)."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

import structlog
from aiohttp import web

from central.services.bundle import Services
from central.services.cards.chip_messages import PORTAL
from central.services.core.access import IDENTIFY, Actor
from central.services.core.group import Group
from central.services.members.phone_cards import PhonePageUnknown
from central.web.portal import words
from central.web.portal.page import Look, Page, card_page, tap_page, told_page
from loyalty.errors import LoyaltyError, Trouble
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
        return {"/m": phone, "/t": tap}

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
