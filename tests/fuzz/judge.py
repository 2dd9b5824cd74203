"""What a terminal may answer, as nexo says, to bytes of any kind; anything else is a fault of ours."""

import json
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from terminal.till.nexo.offered import OFFERS, WITHOUT_ANSWER
from wire.nexo import json_codec
from wire.nexo.base import ErrorCondition, MessageHeader
from wire.nexo.catalogue import body_name
from wire.nexo.json_codec import BodyWrong, Message, NotNexo

CONDITIONS: Final = frozenset(ErrorCondition.__args__)  # type: ignore[attr-defined]
REFUSALS: Final = frozenset({400, 413})
"""By HTTP: what is no message of nexo at all, what is too long."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`is_refused`: whatever was asked was not done."""

    is_refused: bool
    what: str


def judge(asked: bytes, status: int, content: bytes) -> Verdict:
    """Of a message in plain JSON and its answer, which must be one of those that nexo has for it."""
    if status != 200:
        return refused_by_http(status, content)
    header = header_of(asked)
    assert header is not None, "what is no message was answered as one"
    if not content:
        is_silent = header.message_category in WITHOUT_ANSWER or header.message_type == "Notification"
        assert is_silent, f"{header.message_category} got no answer"
        return Verdict(is_refused=False, what="nothing")
    answer = json.loads(content.decode())  # UTF-8, or it raises
    decoded = json_codec.decode(content)
    if decoded.header.message_category == "Event":
        return _rejected(header, decoded)
    assert list(answer) == ["SaleToPOIResponse"]
    assert decoded.header == msgspec.structs.replace(header, message_type="Response")
    assert header.message_category in OFFERS
    name = body_name(header.message_category, "Response")
    assert set(answer["SaleToPOIResponse"]) == {"MessageHeader", name}
    return _told(answer["SaleToPOIResponse"][name])


def refused_by_http(status: int, content: bytes) -> Verdict:
    """An error as libraries of tills look for it."""
    assert status in REFUSALS, (status, content[:300])
    told = json.loads(content.decode())
    assert told["errors"], told
    assert told["status"] == status
    return Verdict(is_refused=True, what=f"HTTP {status}")


def header_of(asked: bytes) -> MessageHeader | None:
    """The header a terminal read; None where there is none."""
    try:
        return json_codec.decode(asked).header
    except BodyWrong as error:
        return error.header
    except NotNexo:
        return None


def _rejected(header: MessageHeader, event: Message) -> Verdict:
    body = json.loads(json_codec.encode_body(event.body))  # type: ignore[arg-type]
    assert body["EventToNotify"] == "Reject"
    assert (
        header.message_category not in OFFERS
        or header.message_type != "Request"
        or _is_of_other_class(header)
    )
    return Verdict(is_refused=True, what="Reject")


def _is_of_other_class(header: MessageHeader) -> bool:
    return header.message_class != OFFERS[header.message_category].message_class


def _told(body: dict[str, Any]) -> Verdict:
    responses = list(_responses(body))
    assert responses, body
    for each in responses:
        assert each["Result"] in ("Success", "Partial", "Failure")
        if each["Result"] == "Failure":
            assert each["ErrorCondition"] in CONDITIONS, each
            assert "message=" in each["AdditionalResponse"], each
    is_refused = all(each["Result"] == "Failure" for each in responses)
    return Verdict(is_refused=is_refused, what=responses[0].get("ErrorCondition", responses[0]["Result"]))


def _responses(body: dict[str, Any]) -> Any:
    """The Response of a body, or of each output and input of it."""
    if "Response" in body:
        yield body["Response"]
        return
    outputs = body.get("OutputResult", [])
    for each in [*(outputs if isinstance(outputs, list) else [outputs]), body.get("InputResult")]:
        if each:
            yield each["Response"]
