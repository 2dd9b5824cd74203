"""Operations of remote support; a part of the one table in `routes`."""

from collections.abc import AsyncIterator
from typing import Final

from central.services.core import access
from central.services.group import support
from central.web.api.route import Answer, Call, File, Route
from wire import api_support

_PREFIX: Final = "/api/v1/support"
_GONE: Final = (support.SupportNotFound, support.SupportOver)


async def ask_support(call: Call) -> Answer:
    """Ask the staff of a terminal whether its screen may be seen."""
    view, is_replay = await call.services.visits.support.ask(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def get_support(call: Call) -> Answer:
    """How far a look at a kiosk is, and how its terminal's parts are."""
    return Answer(await call.services.visits.support.get(call.actor, call.path["support_id"]))


async def get_support_picture(call: Call) -> Answer:
    """The newest picture of a kiosk's screen, a PNG; while somebody's visit is shown, a sign in its place."""
    support_id = call.path["support_id"]
    content = await call.services.visits.support.get_picture(call.actor, support_id)
    return Answer(File("screen.png", "application/octet-stream", _once(content)))


async def answer_support(call: Call) -> Answer:
    """A terminal tells that its staff agree, or do not, or had enough of it."""
    return Answer(await call.services.visits.support.answer(call.actor, call.path["support_id"], call.body))


async def put_support_frame(call: Call) -> Answer:
    """A terminal sends the newest picture of its screen."""
    return Answer(
        await call.services.visits.support.put_frame(call.actor, call.path["support_id"], call.body)
    )


async def end_support(call: Call) -> Answer:
    """End a look at a kiosk."""
    return Answer(await call.services.visits.support.end(call.actor, call.path["support_id"]))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


SUPPORT_ROUTES: Final = (
    Route(
        method="POST",
        path=_PREFIX,
        operation="ask_support",
        tag="support",
        permission=access.KIOSKS_WATCH,
        handler=ask_support,
        body=api_support.AskSupportBody,
        answer=api_support.SupportView,
        errors=(support.NoSuchTerminal, support.SupportBusy, support.SupportOver),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/{{support_id}}",
        operation="get_support",
        tag="support",
        permission=access.KIOSKS_WATCH,
        handler=get_support,
        answer=api_support.SupportView,
        errors=(support.SupportNotFound,),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/{{support_id}}/picture",
        operation="get_support_picture",
        tag="support",
        permission=access.KIOSKS_WATCH,
        handler=get_support_picture,
        answer="application/octet-stream",
        errors=(*_GONE, support.SupportNotGranted, support.NoPicture),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/{{support_id}}/answer",
        operation="answer_support",
        tag="support",
        permission=access.SALES_WRITE,
        handler=answer_support,
        body=api_support.AnswerSupportBody,
        answer=api_support.SupportView,
        errors=_GONE,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/{{support_id}}/frame",
        operation="put_support_frame",
        tag="support",
        permission=access.SALES_WRITE,
        handler=put_support_frame,
        body=api_support.SupportFrameBody,
        answer=api_support.SupportView,
        errors=(*_GONE, support.SupportNotGranted, support.PictureInvalid),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/{{support_id}}/end",
        operation="end_support",
        tag="support",
        permission=access.KIOSKS_WATCH,
        handler=end_support,
        answer=api_support.SupportView,
        errors=(support.SupportNotFound,),
    ),
)
