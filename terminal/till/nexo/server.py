"""The till's port, HTTPS: nexo in JSON on /nexo and /nexo/, in XML 3.1 on /EPASSaleToPOI/3.1; pairing."""

import asyncio
import ssl
from typing import Final, Protocol

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from loyalty.errors import LoyaltyError
from loyalty.limits.web import HTTP_BODY_BYTES_MAX, HTTP_BODY_DEADLINE_S
from terminal.till.nexo.context import NexoFailure
from terminal.till.nexo.door import AnswerIsNoResponse, Door, EnvelopeWrong, PlainRefused
from terminal.till.pairing.http import PairingRoutes
from terminal.till.pairing.trial import TillTrial
from wire.nexo import json_codec
from wire.nexo.json_codec import BodyWrong, NotNexo
from wire.nexo.xml import codec as xml_codec

log = structlog.get_logger(__name__)

PATHS: Final = ("/nexo", "/nexo/")
XML_PATH: Final = "/EPASSaleToPOI/3.1"


class Answers(Protocol):
    """Who answers messages."""

    async def answer(self, data: bytes) -> bytes:
        """The answer to one message; empty for messages that have none."""
        ...

    def refuse_body(self, error: BodyWrong) -> bytes:
        """The answer to a message whose body is not what its header announces."""
        ...


class TillServer:
    """Listens for tills; `port` is the real one once `start` returned."""

    def __init__(self, dispatcher: Answers, door: Door, trial: TillTrial, pairing: PairingRoutes) -> None:
        self._dispatcher = dispatcher
        self._door = door
        self._trial = trial
        self._pairing = pairing
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, host: str, port: int, context: ssl.SSLContext) -> None:
        """Listen. Raises: OSError: the port is taken."""
        app = web.Application(client_max_size=HTTP_BODY_BYTES_MAX, middlewares=[_boundary])
        for path in PATHS:
            app.router.add_post(path, self._post)
        app.router.add_post(XML_PATH, self._post_xml)
        self._pairing.add_to(app)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, ssl_context=context)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _post(self, request: web.Request) -> web.Response:
        async with asyncio.timeout(HTTP_BODY_DEADLINE_S):
            data = await request.read()
        opened = await self._door.open(data)
        asked = self._trial if opened.is_trial else self._dispatcher
        answer = self._door.close(await asked.answer(opened.data), opened)
        if not answer:
            return web.Response(status=200)
        return web.Response(body=answer, content_type="application/json", charset="utf-8")

    async def _post_xml(self, request: web.Request) -> web.Response:
        """The same messages in XML. It has no envelope, so it is for tills that may speak plain."""
        self._door.require_plain()
        async with asyncio.timeout(HTTP_BODY_DEADLINE_S):
            data = await request.read()
        try:
            asked = json_codec.encode(xml_codec.decode(data))
        except BodyWrong as error:
            answer = self._dispatcher.refuse_body(error)
        else:
            answer = await self._dispatcher.answer(asked)
        if not answer:
            return web.Response(status=204)
        body = xml_codec.encode(json_codec.decode(answer))
        return web.Response(body=body, content_type="application/xml", charset="utf-8")


@web.middleware
async def _boundary(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The one place where trouble becomes a non-2xx JSON error, as terminals' libraries expect it."""
    try:
        return await handler(request)
    except EnvelopeWrong as error:  # always the same, whatever was wrong
        return _errors(400, f"Nexo Service: {error}", service_id=error.service_id)
    except PlainRefused as error:
        return _errors(403, str(error))
    except (NotNexo, AnswerIsNoResponse) as error:
        return _errors(400, str(error))
    except NexoFailure as error:
        return _errors(503, str(error))
    except TimeoutError:
        return _errors(408, f"The body did not arrive within {HTTP_BODY_DEADLINE_S} s. Send it again.")
    except web.HTTPRequestEntityTooLarge:
        return _errors(413, f"The body may have at most {HTTP_BODY_BYTES_MAX} bytes. Send less at once.")
    except web.HTTPException as error:
        return _errors(error.status, f"{error.reason}: POST one SaleToPOIRequest to /nexo.")
    except LoyaltyError as error:
        return _errors(503, str(error))
    except Exception:  # the boundary of one request
        log.exception("till_request_broke")
        return _errors(500, "Something went wrong in the terminal. Ask with TransactionStatus, or repeat.")


def _errors(status: int, text: str, *, service_id: str | None = None) -> web.Response:
    told: dict[str, object] = {
        "errors": [text],
        "message": text,
        "status": status,
    }  # as libraries look for it
    if service_id is not None:
        told["ServiceID"] = service_id
    body = msgspec.json.encode(told)
    return web.Response(status=status, body=body, content_type="application/json")
