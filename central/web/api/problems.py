"""Expected trouble as RFC 9457 problem+json: one mapping from trouble to HTTP status."""

from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from central.services.core.access import Unauthenticated
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.web import HTTP_BODY_BYTES_MAX, STREAMS_PER_TOKEN_MAX
from wire.api import Problem

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:officine:problem:"
RETRY_AFTER_S: Final = 1
REPLAYED: Final = "Idempotent-Replayed"
RETRYABLE: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)

STATUS: Final[dict[Trouble, HTTPStatus]] = {
    Trouble.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Trouble.REFUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Trouble.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Trouble.CONFLICT: HTTPStatus.CONFLICT,
    Trouble.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Trouble.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Trouble.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


class RequestTrouble(LoyaltyError):
    """Trouble with the HTTP request itself, before any service is asked."""

    status: HTTPStatus = HTTPStatus.BAD_REQUEST


class MalformedJson(RequestTrouble):
    """The body is not JSON."""

    code = "malformed_json"
    text = "The body is not valid JSON: {reason}. Send one JSON object in UTF-8."


class SchemaMismatch(RequestTrouble):
    """The body is JSON, but not what the operation takes."""

    code = "schema_mismatch"
    text = "{reason}. Compare the request with /openapi.json."


class NotJson(RequestTrouble):
    """The body is declared as something else."""

    code = "unsupported_media_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    text = "Send the body as Content-Type: application/json, without a Content-Encoding."


class BodyTooLarge(RequestTrouble):
    """The body is over the limit."""

    code = "body_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    text = "The body may have at most {bytes_max} bytes. Send less at once."

    def __init__(self) -> None:
        super().__init__(bytes_max=HTTP_BODY_BYTES_MAX)


class BodyTooSlow(RequestTrouble):
    """The body did not arrive in time."""

    code = "body_too_slow"
    status = HTTPStatus.REQUEST_TIMEOUT
    text = "The body did not arrive within {deadline_s} seconds. Send the same request again."


class BodyCutOff(RequestTrouble):
    """The connection ended, or the framing broke, inside the body."""

    code = "body_cut_off"
    text = "The body ended early. Send the same request again."


class NoSuchPath(RequestTrouble):
    """No such address."""

    code = "no_such_path"
    status = HTTPStatus.NOT_FOUND
    text = "There is nothing at this address. /openapi.json lists what there is."


class MethodNotAllowed(RequestTrouble):
    """The address exists, the method does not."""

    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    text = "This address does not take {method}. Use {allowed}."


class TooManyStreams(RequestTrouble):
    """A token follows more streams than it needs."""

    code = "too_many_streams"
    status = HTTPStatus.TOO_MANY_REQUESTS
    text = "This token follows {streams_max} streams already. Close one first."

    def __init__(self) -> None:
        super().__init__(streams_max=STREAMS_PER_TOKEN_MAX)


class InternalError(RequestTrouble):
    """Something broke that should not have."""

    code = "internal_error"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    text = "Something went wrong here. Send the same request again; if it stays, report the request_id."


def status_of(error: LoyaltyError | type[LoyaltyError]) -> HTTPStatus:
    """The HTTP status an error is rendered with."""
    kind = error if isinstance(error, type) else type(error)
    if issubclass(kind, RequestTrouble):
        return kind.status
    if issubclass(kind, Unauthenticated):
        return HTTPStatus.UNAUTHORIZED
    return STATUS[kind.trouble]


def render(error: LoyaltyError, request_id: str) -> web.Response:
    """The problem document of an error."""
    status = status_of(error)
    problem = Problem(
        type=TYPE_PREFIX + error.code,
        title=status.phrase,
        status=status.value,
        code=error.code,
        detail=str(error),
        request_id=request_id,
        params=error.params,
    )
    response = web.Response(status=status.value, body=msgspec.json.encode(problem), content_type=MEDIA_TYPE)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="officine"'
    if status in RETRYABLE:
        response.headers["Retry-After"] = str(error.params.get("retry_after_s") or RETRY_AFTER_S)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = str(error.params["allowed"])
    return response
