"""The OpenAPI 3.1 document, built from the route table and its structs: served is what is described."""

import inspect
import json
import re
import sys
from collections import defaultdict
from importlib.metadata import version
from typing import Any, Final

import msgspec

from central.services.core import access
from central.services.core.access import PermissionMissing, Unauthenticated
from central.storage.base import StoreBusy, StoreFailed
from central.web.api import problems
from central.web.api.examples import EXAMPLES
from central.web.api.route import Route
from central.web.api.routes import PREFIX, ROUTES
from loyalty.errors import LoyaltyError
from loyalty.limits.texts import ID_CHARS_MAX
from wire import api

VERSION: Final = version("officine")
_REF: Final = "#/components/schemas/{name}"
_BASE64: Final = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_PATH_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_ID_SCHEMA: Final = {
    "type": "string",
    "minLength": 1,
    "maxLength": ID_CHARS_MAX,
    "pattern": r"^[A-Za-z0-9._:\-]+$",
}
_ALWAYS: Final = (Unauthenticated, problems.InternalError, StoreBusy, StoreFailed)
_WITH_BODY: Final = (
    problems.MalformedJson,
    problems.BodyCutOff,
    problems.BodyTooSlow,
    problems.BodyTooLarge,
    problems.NotJson,
)

_STREAM: Final = (PermissionMissing, problems.SchemaMismatch, problems.TooManyStreams)
_DESCRIPTION: Final = (
    "Loyalty for pharmacy groups. Value is integer minor units, times are UTC milliseconds. Ids in requests"
    " are made by the caller: the same id with the same content gives the first answer again"
    " (`Idempotent-Replayed: true`), with other content 409. Errors are problem documents with a stable"
    " `code`. A token sees its own group only."
)

ErrorType = type[LoyaltyError]


def document() -> dict[str, Any]:
    """The whole document, in a stable order."""
    structs: list[Any] = [api.Problem, api.HealthView, api.EventView]
    for route in ROUTES:
        structs += [struct for struct in (route.body, route.answer) if isinstance(struct, type)]
    _, components = msgspec.json.schema_components(structs, ref_template=_REF)
    # As JSON has it: the default of a tuple is an array.
    components = msgspec.json.decode(msgspec.json.encode(components))
    for schema in components.values():
        # Before Python 3.13 a docstring keeps the indentation of its source: the document must not tell.
        schema["description"] = inspect.cleandoc(schema["description"])
        _tell_base64(schema)
    paths: dict[str, Any] = defaultdict(dict)
    for route in ROUTES:
        paths[route.path][route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Officine central",
            "version": VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": dict(paths) | _plain_paths(),
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A revocable access token."}
            },
        },
    }


def _tell_base64(schema: Any) -> None:
    """Say of bytes which texts are such: `contentEncoding` alone is a remark to most who read a schema."""
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for part in parts:
        _tell_base64(part)
    if isinstance(schema, dict) and schema.get("contentEncoding") == "base64":
        schema["pattern"] = _BASE64


def text() -> str:
    """The document as it is committed under docs/generated."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def errors_of(route: Route) -> tuple[ErrorType, ...]:
    """Every error an operation may answer with."""
    found: dict[ErrorType, None] = dict.fromkeys((*route.errors, *_ALWAYS, PermissionMissing))
    if route.permission is None:
        for barrier in (Unauthenticated, PermissionMissing):
            del found[barrier]
    found |= dict.fromkeys((problems.SchemaMismatch,))
    if route.body is not None:
        found |= dict.fromkeys(_WITH_BODY)
    if _PATH_PARAMETER.search(route.path):
        found[problems.NoSuchPath] = None
    return tuple(found)


def _operation(route: Route) -> dict[str, Any]:
    description = f"Needs the permission `{route.permission}`." if route.permission else "Needs no token."
    if route.is_repeatable:
        description += " May be repeated: the first answer comes again."
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": route.summary,
        "description": description,
        "tags": [route.tag],
        "parameters": _parameters(route),
        "responses": {"200": _answer(route)} | _problem_answers(errors_of(route)),
    }
    if route.permission is None:
        operation["security"] = []
    if route.body is not None:
        content: dict[str, Any] = {"schema": _ref(route.body)}
        if route.operation in EXAMPLES:
            content["example"] = msgspec.to_builtins(EXAMPLES[route.operation])
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    names = _PATH_PARAMETER.findall(route.path)
    found = [{"name": name, "in": "path", "required": True, "schema": _ID_SCHEMA} for name in names]
    if route.query is not None:
        (_,), components = msgspec.json.schema_components([route.query], ref_template=_REF)
        properties = components[route.query.__name__]["properties"]
        found += [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in properties.items()
        ]
    return found


def _answer(route: Route) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": "Done.",
        "headers": {"X-Request-Id": _header("Names this request in the logs.")},
        "content": _content(route.answer),
    }
    if route.is_repeatable:
        answer["headers"][problems.REPLAYED] = _header("`true`: this answer was given before.")
    return answer


def _content(answer: type[msgspec.Struct] | str) -> dict[str, Any]:
    if isinstance(answer, str):
        return {answer: {"schema": {"type": "string", "contentMediaType": answer}}}
    return {"application/json": {"schema": _ref(answer)}}


def _problem_answers(errors: tuple[ErrorType, ...]) -> dict[str, Any]:
    codes: dict[int, set[str]] = defaultdict(set)
    for error in errors:
        codes[problems.status_of(error).value].add(error.code)
    return {str(status): _problem_answer(status, codes[status]) for status in sorted(codes)}


def _problem_answer(status: int, codes: set[str]) -> dict[str, Any]:
    listed = sorted(codes)
    answer: dict[str, Any] = {
        "description": "One of: " + ", ".join(f"`{code}`" for code in listed) + ".",
        "content": {
            problems.MEDIA_TYPE: {
                "schema": {
                    "allOf": [
                        _ref(api.Problem),
                        {"properties": {"status": {"const": status}, "code": {"enum": listed}}},
                    ]
                }
            }
        },
    }
    if status in problems.RETRYABLE:
        answer["headers"] = {"Retry-After": _header("Seconds to wait before the same request again.")}
    return answer


def _plain_paths() -> dict[str, Any]:
    """The few operations that are not in the table, for they answer before or beside the API."""
    health = _plain_answer("Well.", "application/json", _ref(api.HealthView))
    not_ready = _plain_answer("Not ready.", "application/json", _ref(api.HealthView))
    text = {"type": "string"}
    after = {"type": "integer", "minimum": 0, "default": 0}
    return {
        "/healthz": {"get": _plain("health", "Whether the process lives", health) | {"security": []}},
        "/readyz": {
            "get": _plain("ready", "Whether requests can be served", health, {"503": not_ready})
            | {"security": []}
        },
        "/metrics": {
            "get": _plain(
                "metrics",
                f"Prometheus metrics. Needs the permission `{access.METRICS_READ}`.",
                _plain_answer("Metrics.", "text/plain", text),
                _problem_answers((*_ALWAYS, PermissionMissing)),
            )
        },
        "/openapi.json": {
            "get": _plain(
                "openapi",
                "This document",
                _plain_answer("OpenAPI 3.1.", "application/json", {"type": "object"}),
                _problem_answers(_ALWAYS),
            )
        },
        f"{PREFIX}/stream": {
            "get": _plain(
                "stream",
                "Events as they are committed, as server-sent events: `data` is an EventView, `id` its"
                f" number. A terminal gets ids alone. Needs the permission `{access.STREAM_READ}`. Never ends"
                " by itself; a comment line now and then shows that it lives.",
                _plain_answer("Events.", "text/event-stream", text),
                _problem_answers((*_ALWAYS, *_STREAM)),
            )
            | {"parameters": [{"name": "after", "in": "query", "required": False, "schema": after}]}
        },
    }


def _plain(
    operation: str, summary: str, answer: dict[str, Any], others: dict[str, Any] | None = None
) -> dict[str, Any]:
    responses = {"200": answer} | (others or {})
    return {"operationId": operation, "summary": summary, "tags": ["machine"], "responses": responses}


def _plain_answer(description: str, media: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {media: {"schema": schema}}}


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def _ref(struct: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": _REF.format(name=struct.__name__)}


if __name__ == "__main__":
    sys.stdout.write(text())
