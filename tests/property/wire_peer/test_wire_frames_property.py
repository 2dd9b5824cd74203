import typing

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from wire import messages, reader_control
from wire.frames import FrameError, decode, encode

CONVERSATIONS = [
    messages.FromReader,
    reader_control.FromControl,
    reader_control.ToControl,
    messages.FromAgent,
    messages.FromKiosk,
]


def struct_of(kind: type) -> st.SearchStrategy[msgspec.Struct]:
    fields = msgspec.structs.fields(kind)
    required = {field.name: values_of(field.type) for field in fields if field.required}
    optional = {field.name: values_of(field.type) for field in fields if not field.required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda members: kind(**members))


def values_of(type_: typing.Any) -> st.SearchStrategy[typing.Any]:
    origin, args = typing.get_origin(type_), typing.get_args(type_)
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return struct_of(type_)
    if origin is typing.Annotated:
        patterns = [each.pattern for each in args[1:] if isinstance(each, msgspec.Meta) and each.pattern]
        values = st.from_regex(patterns[0]) if patterns else values_of(args[0])
        return values.filter(lambda value: _is_within(value, args[1:]))
    if origin is tuple and ... not in args:
        return st.tuples(*(values_of(arg) for arg in args))
    if origin is tuple:
        return st.lists(values_of(args[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(values_of(args[0]), values_of(args[1]), max_size=3)
    if origin is typing.Literal:
        return st.sampled_from(args)
    if args:  # a union
        return st.one_of([values_of(arg) for arg in args])
    if type_ is str:
        return st.text(max_size=40)
    if type_ is int:
        return st.integers(-(2**63), 2**63 - 1)
    return st.from_type(type_)


def _is_within(value: typing.Any, limits: tuple[typing.Any, ...]) -> bool:
    """Whether a value keeps the limits on its length or size that a message sets."""
    metas = [each for each in limits if isinstance(each, msgspec.Meta)]
    if isinstance(value, int):
        return all(
            (each.ge is None or value >= each.ge)
            and (each.gt is None or value > each.gt)
            and (each.le is None or value <= each.le)
            and (each.lt is None or value < each.lt)
            for each in metas
        )
    fewest = max((each.min_length or 0 for each in metas), default=0)
    mosts = [each.max_length for each in metas if each.max_length is not None]
    return fewest <= len(value) <= min(mosts, default=len(value))


CONVERSED = st.sampled_from(CONVERSATIONS).flatmap(
    lambda conversation: st.tuples(
        st.just(conversation), st.one_of([struct_of(kind) for kind in typing.get_args(conversation)])
    )
)


@given(CONVERSED)
def test_every_message_of_every_conversation_survives_the_wire(
    conversed: tuple[typing.Any, msgspec.Struct],
) -> None:
    conversation, message = conversed

    assert decode(encode(message), conversation) == message


@given(st.sampled_from(CONVERSATIONS), st.binary(max_size=300))
def test_any_bytes_are_a_message_or_a_frame_error(conversation: typing.Any, line: bytes) -> None:
    try:
        decoded = decode(line, conversation)
    except FrameError:
        return
    assert isinstance(decoded, typing.get_args(conversation))


@given(CONVERSED, st.data())
def test_a_frame_with_a_changed_byte_is_a_message_or_a_frame_error(
    conversed: tuple[typing.Any, msgspec.Struct], data: st.DataObject
) -> None:
    conversation, message = conversed
    frame = bytearray(encode(message))
    frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))

    try:
        decoded = decode(bytes(frame), conversation)
    except FrameError:
        return
    assert isinstance(decoded, typing.get_args(conversation))
