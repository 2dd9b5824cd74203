"""What became of a message behind the gateway: SMPP receipts by Debian's Kannel, mails that come back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from central.gateways.messaging.simulated import SimulatedOutlet
from central.gateways.messaging.sms import SmsOutlet, SmsServer
from central.services.members.delivery import BounceUnreadable
from central.services.members.messages import Channel
from tests.central_fixture import GROUP, a_central
from tests.helpers import eventually
from tests.integration.central.test_messages import NOW_MS, Post, agree, enrol_clara
from tests.kannel import PASSWORD, USER, a_kannel
from tests.movable_clock import MovableClock
from tests.smpp_operator import an_operator
from tools.demo.stack import free_port

BOUNCE = """From: MAILER-DAEMON@mail.example
To: loyalty@lac.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; clara.mueller@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: {kind}

From: Pharmacies du Lac <loyalty@lac.example>
Message-ID: <{message_id}@lac.example>
Subject: Votre commande

--b--
"""


def a_bounce(message_id: str, **changed: str) -> bytes:
    told = {"action": "failed", "status": "5.1.1", "kind": "text/rfc822-headers"} | changed
    return BOUNCE.format(message_id=message_id, **told).replace("\n", "\r\n").encode()


async def delivery_of(post: Post, message_id: str) -> tuple[str, str, str]:
    said = await post.said(message_id)
    return said["state"], said["delivery"], said["reason"]


async def test_the_operators_receipts_tell_what_became_of_each_short_message(tmp_path: Path) -> None:
    async with an_operator() as operator, a_kannel(tmp_path, operator.port) as kannel:
        port = free_port()
        server = SmsServer(
            url=kannel.url,
            sender="Officine",
            user=USER,
            password=PASSWORD,
            reports=f"http://127.0.0.1:{port}",
        )
        clock = MovableClock(NOW_MS)
        async with a_central(tmp_path, clock, outlets={Channel.SMS: SmsOutlet(server)}, port=port) as central:
            await enrol_clara(central)
            await agree(central, "sms")
            post = Post(central, clock)
            for count, name in enumerate(("s-1", "s-2", "s-3"), start=1):
                kept = await post.write(name, channel="sms", text=f"Bonjour {name}", subject="")
                assert kept.status == 200
                await post.becomes("sent", name)
                await eventually(lambda count=count: len(operator.submitted) == count)
            assert all(each.wants_receipt for each in operator.submitted)
            assert [await delivery_of(post, name) for name in ("s-1", "s-2", "s-3")] == [("sent", "", "")] * 3

            first, second, _ = operator.submitted
            operator.tell(first, "DELIVRD")
            operator.tell(second, "UNDELIV")

            async def are_told() -> bool:
                told = [await delivery_of(post, name) for name in ("s-1", "s-2")]
                return told == [("sent", "delivered", ""), ("sent", "undelivered", "not_delivered")]

            await eventually(are_told)
            assert await delivery_of(post, "s-3") == ("sent", "", ""), "nobody said anything of it"
            listed = await central.get("messages?state=undelivered", token="office")
            assert [each["message_id"] for each in listed.body["messages"]] == ["s-2"]
            assert (await central.post("messages/s-2/retry", {}, token="office")).body["state"] == "waiting"
            assert (
                await central.post("messages/s-1/retry", {}, token="office")
            ).code == "message_has_not_failed"
            kinds = [each.kind for each in await central.services.store.list_events(GROUP, 0, 200)]
            assert (kinds.count("message.delivered"), kinds.count("message.undelivered")) == (1, 1)


@pytest.fixture
async def post(tmp_path: Path, engine: str) -> AsyncIterator[Post]:
    assert engine
    clock = MovableClock(NOW_MS)
    outlets = {channel: SimulatedOutlet(tmp_path / "out", channel) for channel in Channel}
    async with a_central(tmp_path, clock, outlets=outlets) as central:
        await enrol_clara(central)
        await agree(central, "email")
        yield Post(central, clock)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"], indirect=True)
async def test_the_first_final_report_stands_and_a_strangers_word_says_nothing(post: Post) -> None:
    await post.write()
    delivery = post.central.services.messages.delivery
    word = delivery.word(GROUP, "x-1")

    async def told(path: str) -> int:
        return (await post.central.get(path, token=None)).status

    await post.becomes("sent")
    assert await told("/d/AAAA?s=1") == 404
    assert await told(f"/d/{word}?s=8") == 204, "on its way: not the end"
    assert (await post.said())["delivery"] == ""
    assert await told(f"/d/{word}?s=1") == 204
    assert await told(f"/d/{word}?s=2") == 204
    assert await delivery_of(post, "x-1") == ("sent", "delivered", "")
    assert await told(f"/d/{delivery.word(GROUP, 'x-9')}?s=1") == 204, "one that was erased since"
    foreign = delivery.word("other", "x-1")
    await told(f"/d/{foreign}?s=2")
    assert (await post.said())["delivery"] == "delivered"


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
async def test_a_mail_that_comes_back_is_known_by_its_id(post: Post, kind: str) -> None:
    await post.write()
    await post.becomes("sent")
    services, office = post.central.services, post.central.operator

    delayed = await services.messages.delivery.take_bounce(
        office, a_bounce("x-1", kind=kind, action="delayed")
    )
    assert delayed == ("x-1", False)
    assert await services.messages.delivery.take_bounce(office, a_bounce("x-1", kind=kind)) == ("x-1", True)
    assert await services.messages.delivery.take_bounce(office, a_bounce("x-1", kind=kind)) == ("x-1", False)

    assert await delivery_of(post, "x-1") == ("sent", "undelivered", "mail_came_back 5.1.1")
    assert (await post.central.post("messages/x-1/retry", {}, token="office")).body["state"] == "waiting"
    assert (await post.becomes("sent"))["delivery"] == "", "of the new try nobody said anything yet"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\x00",
        b"Subject: hello\r\n\r\nThank you!",
        a_bounce("x-7"),
        a_bounce("x 1"),
        a_bounce("x-1")[:300],
    ],
)
async def test_what_is_no_report_on_a_message_of_ours_is_left_for_a_person(post: Post, raw: bytes) -> None:
    await post.write()
    await post.becomes("sent")
    with pytest.raises(BounceUnreadable):
        await post.central.services.messages.delivery.take_bounce(post.central.operator, raw)
    assert (await post.said())["delivery"] == ""
