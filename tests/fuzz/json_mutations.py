"""Changes to a message in JSON that know its structure: any member or element, at any depth, as bytes.

`json` writes only what is right; what is tried here is often not: members twice, numbers of a thousand
digits, half a surrogate, bytes of another encoding. So a message is a tree of `Members`, lists and bytes
as written.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st

DEEP: Final = 5_000
"""Deeper than any reader of JSON goes."""
LONG: Final = 70_000
"""More than any text of a message may have, in characters."""


class Members(list[list[Any]]):
    """An object: [name, value] in their order, names as often as they stand there."""


def _bytes(*values: str | bytes) -> tuple[bytes, ...]:
    return tuple(each.encode() if isinstance(each, str) else each for each in values)


NUMBERS: Final = _bytes(
    *("0", "-1", "1", "2", "999999", "1000000", "1000001", "0.1", "0.005", "1.0", "39.799999999999997"),
    *("1e2", "1E-2", "-0", "-0.0", "0.1e1", "1e400", "-1e400", "1E-400", "1e999999999", "1" * 400),
    *("0." + "3" * 5_000, "2147483648", "9223372036854775807", "9223372036854775808", "92233720368547758.07"),
)
"""In the place of a number: JSON has them all."""
TEXTS: Final = _bytes(
    *(
        '""',
        '" "',
        '"x"',
        '"0"',
        '"-1"',
        '"39.80"',
        '"1e999999999"',
        '"NaN"',
        '"true"',
        '"null"',
        '"CHF"',
        '"JPY"',
    ),
    *(
        '"Award"',
        '"Redemption"',
        '"Reverse"',
        '"Unload"',
        '"Contactless"',
        '"PAN"',
        '"PhoneNumber"',
        '"Keyed"',
    ),
    *(
        '"2900000000017"',
        '"2900000000031"',
        '"2900000000024"',
        '"TILL-2"',
        '"L-0"',
        '"reader"',
        '"EUR"',
        '"XXX"',
    ),
    *('"2026-13-45T99:99:99Z"', '"2026-11-26T10:00:00+99:99"', '"0001-01-01T00:00:00+14:00"', '"2026-11-26"'),
    *('"9999-12-31T23:59:59.999999999-14:00"', '"2016-12-31T23:59:60Z"', '"service=find&service=find"'),
    *(
        '"\\u0000"',
        '"a\\u0000b"',
        '"\\u202e\\ufeff"',
        '"\\ud83d\\ude00"',
        '"\\n\\r\\t\\u001b\\u001d"',
        '"\\u0660\\u0661"',
    ),
    *('"%s%n%00../../etc/passwd"', '"&a=1&a=2%zz"', '"\'; DROP TABLE sale; --"', '"<b>&amp;</b>"', '"\\\\"'),
    *('"' + "A" * size + '"' for size in (32, 64, 65, 128, 1_024, 1_025)),
    '"' + "\u00e9" * LONG + '"',
    '"' + "9" * LONG + '"',
)
"""In the place of a text."""
OTHERS: Final = _bytes(
    *("null", "true", "false", "[]", "{}", "[[]]", "[null]", "[{}]", '{"a":1}', '[""]', "0", '"x"', "1e400"),
    "[" * 300 + "]" * 300,
    '{"a":' * 300 + "1" + "}" * 300,
    "[" + ",".join(["0"] * 20_000) + "]",
    "[" + ",".join(["{}"] * 2_000) + "]",
    "{" + ",".join(f'"m{number}":{number}' for number in range(5_000)) + "}",
)
"""Of any type."""
BROKEN: Final = _bytes(
    *(
        "NaN",
        "Infinity",
        "01",
        "+1",
        "0x1",
        ".5",
        "1.",
        "",
        "nul",
        "'x'",
        '"',
        "\x00",
        "[" * DEEP + "]" * DEEP,
    ),
    '{"a":' * DEEP + "1" + "}" * DEEP,
    *('"\\ud800"', '"a\\udc00b"', b'"\xff\xfe"', b'"\xc3"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xe9t\xe9"'),
)
"""What is no JSON at all, or no text."""


def tree(data: bytes) -> Any:
    """A message as a tree that can be changed; numbers as they are written."""
    return json.loads(
        data, object_pairs_hook=lambda pairs: Members(map(list, pairs)), parse_float=_raw, parse_int=_raw
    )


def written(node: Any) -> bytes:
    """The tree as bytes, whatever stands in it."""
    match node:
        case bytes():
            return node
        case Members():
            return b"{" + b",".join(written(name) + b":" + written(value) for name, value in node) + b"}"
        case list():
            return b"[" + b",".join(map(written, node)) + b"]"
        case _:
            return json.dumps(node, ensure_ascii=False).encode(errors="surrogatepass")


def places(node: Any) -> list[tuple[Any, int]]:
    """Every value of the tree but its root: (the container, its index there)."""
    found: list[tuple[Any, int]] = []
    if isinstance(node, list):
        for index, each in enumerate(node):
            found.append((node, index))
            found += places(each[1] if isinstance(node, Members) else each)
    return found


def _raw(text: str) -> bytes:
    return text.encode()


# One change -------------------------------------------------------------------------------------------------


def _value(holder: Any, at: int) -> Any:
    return holder[at][1] if isinstance(holder, Members) else holder[at]


def _put(holder: Any, at: int, value: Any) -> None:
    if isinstance(holder, Members):
        holder[at] = [holder[at][0], value]
    else:
        holder[at] = value


def _missing(holder: Any, at: int) -> None:
    del holder[at]


def _twice(holder: Any, at: int) -> None:
    holder.append(holder[at])


def _twice_otherwise(holder: Any, at: int) -> None:
    holder.insert(0, [holder[at][0], None] if isinstance(holder, Members) else None)


def _many(holder: Any, at: int) -> None:
    holder.extend([holder[at]] * 600)


def _unknown(holder: Any, at: int) -> None:
    value = _value(holder, at)
    holder.insert(at, ["Unheard" + "x" * 300, value] if isinstance(holder, Members) else value)


def _renamed(holder: Any, at: int) -> None:
    if isinstance(holder, Members) and isinstance(holder[at][0], str):
        holder[at] = [holder[at][0].swapcase(), holder[at][1]]


def _name_of_bytes(holder: Any, at: int) -> None:
    if isinstance(holder, Members):
        holder.insert(at, [b'"\\ud800\\u0000"', 1])


def _as_text(holder: Any, at: int) -> None:
    """A number as text; a text that is one as a number; an object as the text of its JSON."""
    value = _value(holder, at)
    if isinstance(value, bytes):
        _put(holder, at, value.decode(errors="replace"))
    elif isinstance(value, str) and value.isdecimal():
        _put(holder, at, value.encode())
    else:
        _put(holder, at, written(value).decode(errors="replace"))


def _wrapped(holder: Any, at: int) -> None:
    _put(holder, at, [_value(holder, at)])


def _within_itself(holder: Any, at: int) -> None:
    value = _value(holder, at)
    name = holder[at][0] if isinstance(holder, Members) else "Inside"
    _put(holder, at, Members([[name, value]]))


def _first_alone(holder: Any, at: int) -> None:
    value = _value(holder, at)
    if isinstance(value, list) and value:
        _put(holder, at, value[0][1] if isinstance(value, Members) else value[0])


def _longer(holder: Any, at: int) -> None:
    value = _value(holder, at)
    if isinstance(value, str):
        _put(holder, at, value * 50)
    elif isinstance(value, bytes):
        _put(holder, at, value + b"0" * 30)


def _alike(number: int) -> Callable[[Any, int], None]:
    """Another value of the same kind."""

    def change(holder: Any, at: int) -> None:
        value = _value(holder, at)
        if isinstance(value, str):
            _put(holder, at, TEXTS[number % len(TEXTS)])
        elif isinstance(value, bytes):
            _put(holder, at, NUMBERS[number % len(NUMBERS)])
        else:
            _put(holder, at, OTHERS[number % len(OTHERS)])

    return change


CHANGES: Final[tuple[Callable[[Any, int], None], ...]] = (
    _missing,
    _twice,
    _twice_otherwise,
    _many,
    _unknown,
    _renamed,
    _name_of_bytes,
    _as_text,
    _wrapped,
    _within_itself,
    _first_alone,
    _longer,
)

ALIKE: Final = tuple(map(_alike, range(max(len(TEXTS), len(NUMBERS)))))

Change = tuple[int, Callable[[Any, int], None] | bytes]
changes: Final = st.lists(
    st.tuples(
        st.integers(0, 700),
        st.sampled_from(ALIKE)
        | st.sampled_from(ALIKE)
        | st.sampled_from(ALIKE)
        | st.sampled_from(CHANGES)
        | st.sampled_from(CHANGES)
        | st.sampled_from(OTHERS)
        | st.sampled_from(OTHERS + BROKEN),
    ),
    min_size=1,
    max_size=3,
)
"""Where and what. Mostly what can still be read: else nothing behind the reader is ever asked."""
HEADER_EVERY: Final = 7


def changed(data: bytes, made: list[Change]) -> bytes:
    """The message with these changes, one after the other; its header is changed one time in seven."""
    try:
        root = tree(data)
    except (ValueError, RecursionError):  # changed before, and no JSON any more
        return data
    for where, change in made:
        found = places(root) if where % HEADER_EVERY == 0 else _in_body(root)
        if not found:
            break
        holder, at = found[where // HEADER_EVERY % len(found)]
        if isinstance(change, bytes):
            _put(holder, at, change)
        else:
            change(holder, at)
    return written(root)


def _in_body(root: Any) -> list[tuple[Any, int]]:
    """Every place but the envelope's members and the header."""
    found = []
    for each in root if isinstance(root, Members) else ():
        for name, body in each[1] if isinstance(each[1], Members) else ():
            if name != "MessageHeader":
                found += places(body)
    return found


WHOLE: Final[tuple[Callable[[bytes], bytes], ...]] = (
    *(lambda data: data,) * 90,
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: data.decode(errors="replace").encode("utf-16"),
    lambda data: data.decode(errors="replace").encode("utf-32"),
    lambda data: data.decode(errors="replace").encode("latin-1", errors="replace"),
    lambda data: data[: len(data) // 2],
    lambda data: data + b"x",
    lambda data: data + data,
    lambda data: data + b"\x00" * 1_000,
    lambda data: b" \r\n\t" * 1_000 + data,
)
"""Mostly as it is; else in another encoding, cut off, or with more behind it."""
