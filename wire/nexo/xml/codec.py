"""The XML dress: the same messages as the JSON dress, read and written by the table of `shape`."""

from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

from wire.nexo.base import MessageHeader, Nexo
from wire.nexo.catalogue import body_name, body_type
from wire.nexo.json_codec import BodyWrong, Envelope, Message, NotNexo
from wire.nexo.service import OnlyResponse, RepeatedMessageResponse, RepeatedResponseMessageBody
from wire.nexo.xml.shape import Member, members_of
from wire.nexo.xml.tree import Node, XmlRefused, read


def decode(data: bytes) -> Message:
    """Read one message.

    Raises: NotNexo: no XML that is read here, no envelope, no usable header. BodyWrong.
    """
    try:
        root = read(data)
    except XmlRefused as error:
        raise NotNexo(reason=str(error)) from None
    envelope = _envelope(root)
    told = root.first("MessageHeader")
    if told is None:
        raise NotNexo(reason="MessageHeader is missing")
    try:
        header = msgspec.convert(_builtins(told, MessageHeader), MessageHeader, strict=False)
    except msgspec.ValidationError:
        raise NotNexo(reason="MessageHeader lacks a member, or has an unknown value") from None
    name = body_name(header.message_category, header.message_type)
    node = root.first(name)
    if node is None:
        raise BodyWrong(header, b"", name, "is missing beside MessageHeader")
    type_ = body_type(header.message_category, header.message_type)
    if type_ is None:
        return Message(envelope=envelope, header=header, body=msgspec.Raw(b"{}"))
    try:
        body = msgspec.convert(_builtins(node, type_), type_, strict=False)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        raise BodyWrong(header, b"", name, _reason(error)) from None
    return Message(envelope=envelope, header=header, body=body)


def encode(message: Message) -> bytes:
    """Write one message. A body that is kept as raw JSON is one with nothing but a Response."""
    header = message.header
    body = message.body
    if not isinstance(body, Nexo):
        body = msgspec.json.decode(body, type=OnlyResponse)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<{message.envelope}>",
        _element("MessageHeader", header),
        _element(body_name(header.message_category, header.message_type), body),
        f"</{message.envelope}>",
    ]
    return "".join(parts).encode()


# Reading ----------------------------------------------------------------------------------------------------


def _envelope(root: Node) -> Envelope:
    if root.name == "SaleToPOIRequest":
        return "SaleToPOIRequest"
    if root.name == "SaleToPOIResponse":
        return "SaleToPOIResponse"
    raise NotNexo(reason="neither SaleToPOIRequest nor SaleToPOIResponse is there")


def _builtins(node: Node, type_: type[Nexo]) -> dict[str, Any]:
    """An element as the JSON dress would have it; numbers stay text and are converted exactly."""
    found: dict[str, Any] = {}
    for member in members_of(type_):
        value = _member(node, member)
        if value is not None:
            found[member.name] = value
    if type_ is RepeatedMessageResponse and "RepeatedResponseMessageBody" not in found:
        found["RepeatedResponseMessageBody"] = _builtins(node, RepeatedResponseMessageBody)
    return found


def _member(node: Node, member: Member) -> Any:
    """A member's value; scalars are taken as attribute, as element or as text: tills differ."""
    if member.kind == "skipped":
        return None
    if member.kind == "struct":
        child = node.first(member.name)
        assert member.type_ is not None
        return None if child is None else _builtins(child, member.type_)
    if member.kind == "structs":
        assert member.type_ is not None
        return [_builtins(child, member.type_) for child in node.all(member.name)] or None
    attribute = node.attributes.get(member.name)
    if member.kind == "scalar":
        child = node.first(member.name)
        if attribute is None and child is not None:
            return child.text.strip()
        if attribute is None and member.is_text and node.text and not node.children:
            return node.text  # blanks and all: receipts are set with them
        return attribute
    if attribute is not None:
        return attribute.split()
    texts = [child.text for child in node.all(member.name)]
    return [word for text in texts for word in text.split()] if member.kind == "words" else texts or None


def _reason(error: Exception) -> str:
    # msgspec repeats an unknown value; nobody's card number may come back that way.
    text = str(error)
    _, at, where = text.rpartition(" - at ")
    if text.startswith("Object missing required field"):
        return text
    return f"unknown or unfit value{at}{where}" if at else "unknown or unfit value"


# Writing ----------------------------------------------------------------------------------------------------


def _element(name: str, value: Nexo) -> str:
    attributes, inner = [], []
    for member in members_of(type(value)):
        found = getattr(value, member.attribute)
        if found is None:
            continue
        if isinstance(found, RepeatedResponseMessageBody):
            inner.append(_inside(found))
        elif member.kind == "struct":
            inner.append(_element(member.name, found))
        elif member.kind == "structs":
            listed = found if isinstance(found, list) else [found]
            inner.extend(_element(member.name, each) for each in listed)
        elif member.kind == "texts":
            inner.extend(f"<{member.name}>{_text(each)}</{member.name}>" for each in found)
        elif member.kind == "words":
            attributes.append(f" {member.name}={quoteattr(' '.join(found))}")
        elif member.kind == "scalar" and member.is_text:
            inner.append(_text(found))
        elif member.kind == "scalar" and member.is_element:
            inner.append(f"<{member.name}>{_text(found)}</{member.name}>")
        elif member.kind == "scalar":
            attributes.append(f" {member.name}={quoteattr(_clean(_scalar(found)))}")
    return f"<{name}{''.join(attributes)}>{''.join(inner)}</{name}>"


def _inside(body: RepeatedResponseMessageBody) -> str:
    """XML 3.1 has the repeated response directly in RepeatedMessageResponse."""
    parts = []
    for member in members_of(RepeatedResponseMessageBody):
        found = getattr(body, member.attribute)
        if found is not None:
            parts.append(_element(member.name, found))
    return "".join(parts)


def _text(value: object) -> str:
    return escape(_clean(_scalar(value)))


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _clean(text: str) -> str:
    """XML 1.0 has no control characters but tab and line ends, and no lone surrogates."""
    return "".join(
        each
        if each in "\t\n\r" or " " <= each <= "\ud7ff" or "\ue000" <= each <= "\ufffd" or each >= "\U00010000"
        else "\ufffd"
        for each in text
    )
