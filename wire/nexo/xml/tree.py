"""Reading XML safely: no DTD, so no entity of anybody's making; bounded depth, elements and attributes.

expat is asked directly (CPython's own, libexpat): a declaration that begins with `<!DOCTYPE` ends the reading
before anything in it means something.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from loyalty.limits.tills import XML_ATTRIBUTES_MAX, XML_DEPTH_MAX, XML_ELEMENTS_MAX
from loyalty.limits.web import HTTP_BODY_BYTES_MAX


class XmlRefused(Exception):
    """What came is no XML that is read here; the text says why, and repeats nothing of it."""


@dataclass(slots=True)
class Node:
    """An element; names without prefix. `text`: what stands in it directly."""

    name: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> list["Node"]:
        """The children of a name."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Node | None":
        """The first child of a name."""
        return next((child for child in self.children if child.name == name), None)


def read(data: bytes) -> Node:
    """The root element.

    Raises: XmlRefused.
    """
    if len(data) > HTTP_BODY_BYTES_MAX:
        raise XmlRefused("it is too long")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError, UnicodeError):
        raise XmlRefused("it is no well-formed XML") from None
    if reader.root is None:
        raise XmlRefused("it is empty")
    return reader.root


class _Reader:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._elements = 0

    def doctype(self, *_: object) -> None:
        raise XmlRefused("it has a DOCTYPE; leave it out")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > XML_ELEMENTS_MAX or len(self._open) >= XML_DEPTH_MAX:
            raise XmlRefused("it has too many elements, or too deep ones")
        if len(attributes) > XML_ATTRIBUTES_MAX:
            raise XmlRefused("an element has too many attributes")
        node = Node(_local(name), {_local(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text


def _local(name: str) -> str:
    return name.rpartition(":")[2]
