"""From bytes to a decoded request: size, time and form are checked before a service is asked."""

import asyncio
import re
from typing import Any, Final

import msgspec
from aiohttp import web

from central.web.api import problems
from loyalty.limits import HTTP_BODY_BYTES_MAX, HTTP_BODY_DEADLINE_S, ID_CHARS_MAX

_ID: Final = re.compile(rf"[A-Za-z0-9._:\-]{{1,{ID_CHARS_MAX}}}", re.ASCII)
_TEXT_CHARS_MAX: Final = 300


async def read_body(request: web.Request) -> bytes:
    """The whole body, within its limits of size and time.

    Raises: NotJson, BodyTooLarge, BodyTooSlow, BodyCutOff.
    """
    if request.content_type != "application/json" or "Content-Encoding" in request.headers:
        raise problems.NotJson
    if (request.content_length or 0) > HTTP_BODY_BYTES_MAX:
        raise problems.BodyTooLarge
    try:
        async with asyncio.timeout(HTTP_BODY_DEADLINE_S):
            return await request.read()
    except TimeoutError as error:
        raise problems.BodyTooSlow from error
    except (ConnectionError, web.RequestPayloadError) as error:
        raise problems.BodyCutOff from error


def decode_body(body: bytes, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """The body as its struct. Raises: MalformedJson, SchemaMismatch."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise problems.SchemaMismatch(reason=str(error)[:_TEXT_CHARS_MAX]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise problems.MalformedJson(reason=str(error)[:_TEXT_CHARS_MAX]) from error


def decode_query(request: web.Request, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """The query string as its struct; a name given twice is refused. Raises: SchemaMismatch."""
    values: dict[str, Any] = {}
    for name, value in request.query.items():
        if name in values:
            raise problems.SchemaMismatch(reason=f"The query names `{name[:32]}` twice")
        values[name] = value
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise problems.SchemaMismatch(reason=str(error)[:_TEXT_CHARS_MAX]) from error


def decode_path(request: web.Request) -> dict[str, str]:
    """The path's ids. Raises: NoSuchPath: not an id; nothing can be there."""
    for value in request.match_info.values():
        if not _ID.fullmatch(value):
            raise problems.NoSuchPath
    return dict(request.match_info)
