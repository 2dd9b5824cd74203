"""Changes to a message in XML that know its structure: elements, attributes, texts at any depth, as bytes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

DEEP: Final = 5_000
LONG: Final = 70_000


@dataclass(slots=True)
class Element:
    """An element; what is bytes is written as it is."""

    name: str
    attributes: list[list[Any]] = field(default_factory=list)
    inside: list[Any] = field(default_factory=list)
    """Elements, texts and bytes."""


def _bytes(*values: str | bytes) -> tuple[bytes, ...]:
    return tuple(each.encode() if isinstance(each, str) else each for each in values)


VALUES: Final = _bytes(
    *("", "0", "-1", "1", "2", "1000001", "0.1", "0.005", "1e2", "1e400", "-0", "NaN", "Infinity", "1" * 400),
    *(
        "0." + "3" * 5_000,
        "true",
        "false",
        "x",
        " ",
        "1e999999999",
        "9223372036854775808",
        "0x1",
        "39,80",
        "39.80",
    ),
    *(
        "３９",
        "1_000",
        " 1 ",
        "+1",
        "null",
        "CHF",
        "JPY",
        "Award",
        "Redemption",
        "Reverse",
        "Contactless",
        "PAN",
    ),
    *(
        "2900000000017",
        "2900000000031",
        "TILL-2",
        "L-0",
        "reader",
        "&lt;&amp;&gt;",
        "&#65;",
        "&#x41;",
        "&#13;&#9;",
    ),
    *("2026-13-45T99:99:99Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999999-14:00"),
    *("A" * size for size in (32, 64, 65, 128, 1_024, 1_025)),
    "é" * LONG,
    "9" * LONG,
    "\u202e\ufeff😀",
)
"""What is put in the place of an attribute's value or an element's text."""
BROKEN: Final = _bytes(
    *("&#0;", "&#xD800;", "&#x110000;", "&#65535;", "&nothing;", "&", "&;", "<", "]]>", "<![CDATA[", "-->"),
    *(b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\x0b", b"\xe9t\xe9"),
)
"""What no XML may have."""

INSIDE: Final = _bytes(
    "<![CDATA[<SaleData/>]]>",
    "<![CDATA[",
    "<!-- -- -->",
    "<!-- x -->",
    "<?xml version='1.0'?>",
    "<?php echo 1 ?>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "<!ENTITY a 'b'>",
    '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>',
    "]]>",
    "<",
    "<a>" * DEEP + "</a>" * DEEP,
    "<a>" * 20 + "</a>" * 20,
    "<a/>" * 25_000,
    "<a>" + "x<b/>" * 3_000 + "</a>",
    "<a " + " ".join(f'm{number}="1"' for number in range(100)) + "/>",
    '<MessageHeader MessageClass="Service" MessageCategory="Logout" MessageType="Request" POIID="x"/>',
    '<a xmlns="urn:x" xmlns:b="urn:y" b:c="1"><b:d/></a>',
    "<a:b/>",
    "x" * LONG,
)
"""What is put into an element."""
PROLOGUES: Final[tuple[Callable[[bytes], bytes], ...]] = (
    *(lambda data: data,) * 120,
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: data[data.index(b"?>") + 2 :],
    lambda data: data.replace(b"UTF-8", b"ISO-8859-1", 1),
    lambda data: data.replace(b"UTF-8", b"UTF-7", 1),
    lambda data: data.replace(b"UTF-8", b"UTF-16", 1),
    lambda data: data.replace(b"UTF-8", b"klingon", 1),
    lambda data: data.decode(errors="replace").replace("UTF-8", "UTF-16", 1).encode("utf-16"),
    lambda data: data.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', 1),
    lambda data: data.replace(
        b"?>", b"?><!DOCTYPE x [<!ENTITY e 'e'><!ENTITY f '" + b"&e;" * 500 + b"'>]>", 1
    ),
    lambda data: data.replace(b'version="1.0"', b'version="1.1"', 1),
    lambda data: data[: len(data) // 2],
    lambda data: data + b"<a/>",
    lambda data: data + b" " * 1_000,
)
"""What stands before it and how it is encoded: mostly as it should be."""


def tree(data: bytes) -> Element:
    """A message as a tree that can be changed."""
    return _element(ElementTree.fromstring(data))


def _element(found: ElementTree.Element) -> Element:
    inside: list[Any] = [found.text] if found.text else []
    for child in found:
        inside.append(_element(child))
        if child.tail:
            inside.append(child.tail)
    return Element(found.tag, [[name, value] for name, value in found.attrib.items()], inside)


def written(root: Element) -> bytes:
    """The message as bytes, with its declaration."""
    return b'<?xml version="1.0" encoding="UTF-8"?>' + _written(root)


def _written(node: Any) -> bytes:
    match node:
        case bytes():
            return node
        case str():
            return escape(node).encode()
    attributes = b"".join(
        b" %s=%s"
        % (name.encode(), b'"%s"' % value if isinstance(value, bytes) else quoteattr(value).encode())
        for name, value in node.attributes
    )
    name = node.name.encode()
    return b"<%s%s>%s</%s>" % (name, attributes, b"".join(map(_written, node.inside)), name)


def places(node: Element) -> list[tuple[Element, str, int]]:
    """Every attribute and every child of the tree: (its element, which of the two, its index there)."""
    found = [(node, "attribute", index) for index in range(len(node.attributes))]
    for index, child in enumerate(node.inside):
        found.append((node, "child", index))
        if isinstance(child, Element):
            found += places(child)
    return found


Where = tuple[Element, str, int]


def _list_of(where: Where) -> list[Any]:
    holder, kind, _ = where
    return holder.attributes if kind == "attribute" else holder.inside


def _missing(where: Where) -> None:
    del _list_of(where)[where[2]]


def _twice(where: Where) -> None:
    _list_of(where).append(_list_of(where)[where[2]])


def _many(where: Where) -> None:
    holder, kind, at = where
    if kind == "child":
        holder.inside += [holder.inside[at]] * 600


def _unknown(where: Where) -> None:
    holder, kind, at = where
    if kind == "attribute":
        holder.attributes.insert(at, ["Unheard", "x"])
    else:
        holder.inside.insert(at, Element("Unheard", [["a", "b"]], ["text"]))


def _renamed(where: Where) -> None:
    holder, kind, at = where
    if kind == "attribute":
        holder.attributes[at] = [holder.attributes[at][0].swapcase(), holder.attributes[at][1]]
    elif isinstance(child := holder.inside[at], Element):
        holder.inside[at] = Element(child.name.swapcase(), child.attributes, child.inside)


def _prefixed(where: Where) -> None:
    holder, kind, at = where
    if kind == "attribute":
        holder.attributes[at] = ["n:" + holder.attributes[at][0], holder.attributes[at][1]]
    elif isinstance(child := holder.inside[at], Element):
        spaces = [*child.attributes, ["xmlns:n", "urn:nexo"]]
        holder.inside[at] = Element("n:" + child.name, spaces, child.inside)


def _moved(where: Where) -> None:
    """An attribute as an element, an element's text as an attribute."""
    holder, kind, at = where
    if kind == "attribute":
        name, value = holder.attributes.pop(at)
        holder.inside.append(Element(name, [], [value]))
    elif isinstance(child := holder.inside[at], Element) and all(
        isinstance(each, str) for each in child.inside
    ):
        holder.inside.pop(at)
        holder.attributes.append([child.name, "".join(child.inside)])


def _within_itself(where: Where) -> None:
    holder, kind, at = where
    if kind == "child" and isinstance(child := holder.inside[at], Element):
        holder.inside[at] = Element(child.name, [], [child])


CHANGES: Final[tuple[Callable[[Where], None], ...]] = (
    _missing,
    _twice,
    _many,
    _unknown,
    _renamed,
    _prefixed,
    _moved,
    _within_itself,
)

Change = tuple[int, Callable[[Where], None] | tuple[str, bytes]]
changes: Final = st.lists(
    st.tuples(
        st.integers(0, 700),
        st.tuples(st.just("value"), st.sampled_from(VALUES))
        | st.tuples(st.just("value"), st.sampled_from(VALUES + VALUES))
        | st.tuples(st.just("value"), st.sampled_from(VALUES + BROKEN))
        | st.sampled_from(CHANGES)
        | st.sampled_from(CHANGES + CHANGES)
        | st.tuples(st.just("inside"), st.sampled_from(INSIDE)),
    ),
    min_size=1,
    max_size=3,
)
"""Where and what. Mostly what can still be read: else nothing behind the reader is ever asked."""
HEADER_EVERY: Final = 7


def changed(data: bytes, made: list[Change]) -> bytes:
    """The message with these changes, one after the other; its header is changed one time in seven."""
    root = tree(data)
    for number, change in made:
        found = places(root)
        if number % HEADER_EVERY:
            bodies = [
                each for each in root.inside if isinstance(each, Element) and each.name != "MessageHeader"
            ]
            found = [place for body in bodies for place in places(body)]
        if not found:
            continue
        where = found[number // HEADER_EVERY % len(found)]
        if isinstance(change, tuple):
            _trick(where, *change)
        else:
            change(where)
    return written(root)


def _trick(where: Where, kind: str, value: bytes) -> None:
    holder, of, at = where
    if kind == "inside":
        target = holder.inside[at] if of == "child" else holder
        (target if isinstance(target, Element) else holder).inside.append(value)
    elif of == "attribute":
        holder.attributes[at] = [holder.attributes[at][0], value]
    elif isinstance(child := holder.inside[at], Element):
        child.inside = [value]
    else:
        holder.inside[at] = value
