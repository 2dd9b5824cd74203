"""Messages of every category, changed at every depth, at a running terminal in each of the dresses of nexo.

Always an answer or a refusal as nexo has them; nothing breaks in the log; what is refused books nothing; the
next valid message is answered as ever. `--hypothesis-profile long` draws 2,000 messages for each dress.
"""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from loyalty.limits.web import HTTP_BODY_BYTES_MAX
from terminal.till.nexo.offered import OFFERS, WITHOUT_ANSWER
from tests.fuzz import envelopes, json_mutations, xml_mutations
from tests.fuzz.judge import Verdict, judge, refused_by_http
from tests.fuzz.largest import LARGEST
from tests.fuzz.seeds import SEEDS
from tests.fuzz.shop import FuzzedShop, a_fuzzed_shop
from tests.property.nexo.test_nexo_xml_properties import MEMORY_MAX
from wire.nexo import json_codec
from wire.nexo.base import Nexo, Response
from wire.nexo.json_codec import BodyWrong, NotNexo
from wire.nexo.service import OnlyResponse
from wire.nexo.xml import codec as xml_codec

EXAMPLE_S: Final = 90
FULLEST: Final = ("words", "empty objects", "cards", "lines", "one text", "depth")
"""Those of the largest messages that took most, while nothing bounded them."""
UNDONE: Final = {
    "Loyalty, RebateRefund": "NotFound",  # nothing was rebated
    "StoredValue, gift card": "NotAllowed",  # it is sold already
    "InputUpdate": "nothing",
    "CardReaderInit": "NotAllowed",  # the reader of this shop leaves no card to tills
    "CardReaderAPDU": "NotAllowed",
    "CardReaderPowerOff": "InsertedCard",
    "Abort": "nothing",
    "Admin, find": "Refusal",  # a name alone finds nobody
    "Event": "nothing",
    "Batch": "UnavailableService",
    "Sound": "UnavailableDevice",
    "PIN": "UnavailableDevice",
    "Transmit": "UnavailableDevice",
}
"""Valid messages that are answered otherwise than by Success."""
names = st.sampled_from(sorted(SEEDS))


@pytest.fixture
async def fuzzed(tmp_path: Path, socket_dir: Path) -> AsyncIterator[FuzzedShop]:
    async with a_fuzzed_shop(tmp_path, socket_dir) as running:
        yield running


async def attack(fuzzed: FuzzedShop, one: Callable[..., Any], strategies: dict[str, Any]) -> None:
    """Draw and send, in a thread beside the shop's loop; afterwards the shop works and its log is clean."""
    loop = asyncio.get_running_loop()

    @settings(suppress_health_check=list(HealthCheck), deadline=None)
    @given(**strategies)
    def send(**drawn: Any) -> None:
        note(repr(drawn)[:3_000])
        asyncio.run_coroutine_threadsafe(one(**drawn), loop).result(timeout=EXAMPLE_S)

    await asyncio.to_thread(send)
    await fuzzed.require_alive()
    fuzzed.look_at_logs()


async def require(fuzzed: FuzzedShop, send: Callable[[], Any]) -> Verdict:
    """Send one; what it was answered is judged, and refused it booked nothing."""
    before = await fuzzed.booked()
    verdict: Verdict = await send()
    if verdict.is_refused:
        after = await fuzzed.booked()
        assert after == before or fuzzed.has_captured(), (verdict, before, after)
    fuzzed.look_at_logs()
    status, _ = await fuzzed.post(fuzzed.message("Diagnosis"))
    assert status == 200
    return verdict


def test_there_is_a_valid_message_of_every_category() -> None:
    assert {name.partition(",")[0] for name in SEEDS} == OFFERS.keys() | WITHOUT_ANSWER | {"Event"}


async def test_the_messages_that_are_changed_are_answered_as_they_are(fuzzed: FuzzedShop) -> None:
    found = {}
    for name in SEEDS:
        data = fuzzed.message(name)
        status, content = await fuzzed.post(data)
        found[name] = judge(data, status, content).what
        status, _ = await fuzzed.post(fuzzed.message_in_xml(name), is_xml=True)
        assert status in (200, 204), name
    fuzzed.look_at_logs()
    await fuzzed.require_alive()
    assert {name: what for name, what in found.items() if what != "Success"} == UNDONE


@pytest.mark.timeout(1_200)
async def test_any_change_of_a_message_in_json_is_answered_or_refused(fuzzed: FuzzedShop) -> None:
    async def one(name: str, changes: list[json_mutations.Change], whole: Callable[[bytes], bytes]) -> None:
        data = whole(json_mutations.changed(fuzzed.message(name), changes))

        async def send() -> Verdict:
            return judge(data, *await fuzzed.post(data))

        await require(fuzzed, send)

    drawn = {"name": names, "changes": json_mutations.changes, "whole": st.sampled_from(json_mutations.WHOLE)}
    await attack(fuzzed, one, drawn)


@pytest.mark.timeout(1_200)
async def test_any_change_inside_or_outside_an_envelope_is_answered_or_refused(fuzzed: FuzzedShop) -> None:
    async def one(
        name: str, inside: list[json_mutations.Change], outside: list[json_mutations.Change], is_same: bool
    ) -> None:
        plain = json_mutations.changed(fuzzed.message(name), inside)
        data = envelopes.sealed(plain, fuzzed.message(name), fuzzed.key, is_same=is_same)
        if outside:
            data = json_mutations.changed(data, outside)

        async def send() -> Verdict:
            status, content = await fuzzed.post(data)
            return envelopes.judge(plain, status, content, fuzzed.key)

        await require(fuzzed, send)

    some = st.just([]) | json_mutations.changes
    drawn = {"name": names, "inside": some, "outside": some, "is_same": st.booleans()}
    await attack(fuzzed, one, drawn)


@pytest.mark.timeout(1_200)
async def test_any_change_of_a_message_in_xml_is_answered_or_refused(fuzzed: FuzzedShop) -> None:
    async def one(name: str, changes: list[xml_mutations.Change], whole: Callable[[bytes], bytes]) -> None:
        data = whole(xml_mutations.changed(fuzzed.message_in_xml(name), changes))

        async def send() -> Verdict:
            status, content = await fuzzed.post(data, is_xml=True)
            if status == 204:
                return judge(_in_json(data), 200, b"")
            if status != 200:
                return refused_by_http(status, content)
            return judge(_in_json(data), 200, _answer_in_json(content))

        await require(fuzzed, send)

    drawn = {
        "name": names,
        "changes": xml_mutations.changes,
        "whole": st.sampled_from(xml_mutations.PROLOGUES),
    }
    await attack(fuzzed, one, drawn)


def _answer_in_json(content: bytes) -> bytes:
    """An answer in XML; of a category whose body has nothing but a Response, that one."""
    answer = xml_codec.decode(content)
    if isinstance(answer.body, Nexo):
        return json_codec.encode(answer)
    [response] = ElementTree.fromstring(content).iter("Response")
    told = msgspec.convert(
        response.attrib | {"AdditionalResponse": response.findtext("AdditionalResponse")}, Response
    )
    return json_codec.encode(msgspec.structs.replace(answer, body=OnlyResponse(response=told)))


def _in_json(data: bytes) -> bytes:
    """What was said in XML, as far as its header; for the judge."""
    try:
        return json_codec.encode(xml_codec.decode(data))
    except BodyWrong as error:
        return json.dumps(
            {"SaleToPOIRequest": {"MessageHeader": json.loads(json_codec.encode_body(error.header))}}
        ).encode()
    except NotNexo:
        return b"{}"


async def test_the_largest_messages_take_bounded_memory_and_are_answered(fuzzed: FuzzedShop) -> None:
    """Of terminal, central and till together: all of them run in this process."""
    for number, name in enumerate(FULLEST):
        data = LARGEST[name](HTTP_BODY_BYTES_MAX).replace(b'"ServiceID":"1"', b'"ServiceID":"%d"' % number, 1)
        tracemalloc.start()
        try:
            status, content = await fuzzed.post(data[:HTTP_BODY_BYTES_MAX])
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < MEMORY_MAX, name
        judge(data, status, content)
    await fuzzed.require_alive()
    fuzzed.look_at_logs()
