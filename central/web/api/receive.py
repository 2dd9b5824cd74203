"""From bytes to a decoded request: size, time and form are checked before a service is asked."""

import asyncio
import ipaddress
import math
import re
from typing import Any, Final

import msgspec
from aiohttp import web

from central.web.api import problems
from loyalty.errors import LoyaltyError
from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.limits.web import HTTP_BODY_BYTES_MAX
from wire.choices import explained
from wire.json_names import name_twice

_ID: Final = re.compile(rf"[A-Za-z0-9._:\-]{{1,{ID_CHARS_MAX}}}", re.ASCII)
_TEXT_CHARS_MAX: Final = 300


async def receive(request: web.Request, *, deadline_s: float) -> bytes | LoyaltyError:
    """The whole body within its limits of size and time, or the trouble with it, for later.

    Called before anything else is waited for: a sender that hangs up right after its last byte has sent the
    body nevertheless, and aiohttp drops what was not read by then.
    """
    if (request.content_length or 0) > HTTP_BODY_BYTES_MAX:
        return problems.BodyTooLarge()
    try:
        if request.content.is_eof():  # all is here: nothing to wait for, no clock to set
            return await request.read()
        async with asyncio.timeout(deadline_s):
            return await request.read()
    except TimeoutError:
        return problems.BodyTooSlow(deadline_s=math.ceil(deadline_s))
    except web.HTTPRequestEntityTooLarge:
        return problems.BodyTooLarge()
    except (ConnectionError, web.RequestPayloadError):
        return problems.BodyCutOff()


def source_of(request: web.Request) -> str:
    """The address a request comes from, an IPv6 one by its /64: what a single subscriber has.

    A proxy on this machine is believed about the one address that it saw itself, the last of the list.
    """
    told = request.remote or ""
    forwarded = request.headers.getall("X-Forwarded-For", [])
    try:
        if forwarded and ipaddress.ip_address(told).is_loopback:
            told = forwarded[-1].rpartition(",")[2].strip()
        address = ipaddress.ip_address(told)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def require_json(request: web.Request) -> None:
    """Refuse a body that is declared as something else. Raises: NotJson."""
    if request.content_type != "application/json" or "Content-Encoding" in request.headers:
        raise problems.NotJson


_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""An escaped U+0000 in JSON. No text needs it, and PostgreSQL keeps no text that has it."""
_NUL_REASON = "A text holds the character U+0000"


def decode_body(body: bytes, decoder: msgspec.json.Decoder[msgspec.Struct]) -> msgspec.Struct:
    """The body as its struct. Raises: MalformedJson, SchemaMismatch."""
    if b"u0000" in body and _NUL.search(body):
        raise problems.SchemaMismatch(reason=_NUL_REASON)
    try:
        try:
            read = decoder.decode(body)
        except msgspec.ValidationError as error:
            # The first fault is told while reading: what is cut off further on is no JSON all the same.
            msgspec.json.decode(body)
            raise problems.SchemaMismatch(reason=explained(error, decoder.type)[:_TEXT_CHARS_MAX]) from error
        twice = name_twice(body.decode()) if getattr(read, "names_once", False) else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise problems.MalformedJson(reason=str(error)[:_TEXT_CHARS_MAX]) from error
    if twice is not None:
        raise problems.SchemaMismatch(reason=f"The name `{twice[:32]}` stands twice in one object")
    return read


def decode_query(request: web.Request, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """The query string as its struct; a name given twice is refused. Raises: SchemaMismatch."""
    values: dict[str, Any] = {}
    for name, value in request.query.items():
        if name in values:
            raise problems.SchemaMismatch(reason=f"The query names `{name[:32]}` twice")
        if "\0" in value:
            raise problems.SchemaMismatch(reason=_NUL_REASON)
        values[name] = value
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise problems.SchemaMismatch(reason=explained(error, kind)[:_TEXT_CHARS_MAX]) from error


def decode_path(request: web.Request) -> dict[str, str]:
    """The path's ids. Raises: NoSuchPath: not an id; nothing can be there."""
    for value in request.match_info.values():
        if not _ID.fullmatch(value):
            raise problems.NoSuchPath
    return dict(request.match_info)
