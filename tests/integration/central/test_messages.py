"""Messages to members leave by a real mail server and a real SMS gateway, where the member agreed to it."""

import asyncio
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd import smtp as mail_server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from central.gateways.messaging.mail import MailOutlet, MailServer
from central.gateways.messaging.simulated import SimulatedOutlet
from central.gateways.messaging.sms import SmsOutlet, SmsServer
from central.services.members.messages import Channel, wait_s
from loyalty.limits.messages import MESSAGE_TRIES_MAX, MESSAGES_PER_DAY
from terminal.tls import make_pair
from tests.central_fixture import GROUP, MEMBER, CentralUnderTest, Reply, a_central
from tests.helpers import eventually
from tests.kannel import PASSWORD, USER, Arrived, Kannel, a_kannel
from tests.movable_clock import MovableClock
from tools.demo.stack import free_port

NOW_MS = 1_795_600_000_000
CLARA = "m-clara"
TEXT = "Votre commande est prête.\nPharmacie du Lac"


@dataclass
class Postbox:
    """What a mail server took, and how it answers: one answer each, the last one again."""

    letters: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=lambda: ["250 OK"])

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            letter = email.message_from_bytes(envelope.content, policy=SMTP)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        return answer


@asynccontextmanager
async def a_server(postbox: Postbox, port: int, **options: Any) -> AsyncIterator[asyncio.Server]:
    loop = asyncio.get_running_loop()

    def talk() -> mail_server.SMTP:
        return mail_server.SMTP(postbox, hostname="mail.example", loop=loop, **options)

    async with await loop.create_server(talk, "127.0.0.1", port) as server:
        yield server


def an_outlet(port: int, **changed: Any) -> MailOutlet:
    values = {
        "host": "127.0.0.1",
        "port": port,
        "encryption": "none",
        "sender": "Pharmacies du Lac <loyalty@lac.example>",
        "user": None,
        "password": None,
    }
    return MailOutlet(MailServer(**values | changed))  # type: ignore[arg-type]


@dataclass
class Post:
    """A central whose mail goes to a server of this test."""

    central: CentralUnderTest
    clock: MovableClock
    postbox: Postbox = field(default_factory=Postbox)
    port: int = 0
    server: asyncio.Server | None = None

    async def write(self, message_id: str = "x-1", **changed: Any) -> Reply:
        body = {"message_id": message_id, "channel": "email", "subject": "Votre commande", "text": TEXT}
        return await self.central.post(f"members/{CLARA}/messages", body | changed)

    async def said(self, message_id: str = "x-1") -> dict[str, Any]:
        listed = await self.central.get(f"members/{CLARA}/messages", token="office")
        [message] = [each for each in listed.body["messages"] if each["message_id"] == message_id]
        return dict(message)

    async def becomes(self, state: str, message_id: str = "x-1") -> dict[str, Any]:
        async def found() -> dict[str, Any] | None:
            await self.central.services.messages.hand_on(GROUP)
            message = await self.said(message_id)
            return message if message["state"] == state else None

        message = await eventually(found)
        assert message is not None
        return message


async def agree(central: CentralUnderTest, purpose: str, *, is_given: bool = True) -> None:
    answer = await central.put(f"members/{CLARA}/consents/{purpose}", {"is_given": is_given})
    assert answer.status == 200, answer.body


async def enrol_clara(central: CentralUnderTest, **changed: Any) -> None:
    body = {
        "member_id": CLARA,
        "family_name": "Müller",
        "email": "Clara.Mueller@example.org",
        "phone": "+41 79 123 45 67",
        "language": "de",
    }
    answer = await central.post("members", body | changed, token="office")
    assert answer.status == 200, answer.body


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    postbox, port, clock = Postbox(), free_port(), MovableClock(NOW_MS)
    async with (
        a_server(postbox, port) as server,
        a_central(tmp_path, clock, outlets={Channel.EMAIL: an_outlet(port)}) as central,
    ):
        await enrol_clara(central)
        await agree(central, "email")
        yield Post(central, clock, postbox, port, server)


async def test_a_message_from_the_counter_reaches_the_mail_server_once(post: Post) -> None:
    first, again = await post.write(), await post.write()
    assert (first.status, first.body["state"]) == (200, "waiting")
    assert again.headers["Idempotent-Replayed"] == "true"
    message = await post.becomes("sent")
    assert (message["tries"], message["text"], message["reason"]) == (1, TEXT, "")
    [letter] = post.postbox.letters
    assert letter["To"] == "clara.mueller@example.org"
    assert letter["From"] == "Pharmacies du Lac <loyalty@lac.example>"
    assert letter["Subject"] == "Votre commande"
    assert letter["Message-ID"] == "<x-1@lac.example>"
    assert letter["Content-Language"] == "de"
    assert letter.get_content().replace("\r\n", "\n") == f"{TEXT}\n"
    other = await post.write(text="Something else")
    assert (other.status, other.code) == (409, "idempotency_conflict")


async def test_nobody_is_written_to_without_consent_and_address(post: Post) -> None:
    refused = await post.write(channel="sms")
    assert (refused.status, refused.code) == (422, "channel_not_set_up")
    await agree(post.central, "email", is_given=False)
    refused = await post.write()
    assert (refused.status, refused.code) == (422, "consent_missing")
    assert "consent to email" in refused.body["detail"]
    body = {"message_id": "x-2", "channel": "email", "subject": "Hallo", "text": "Hallo"}
    nobody = await post.central.post("members/m-none/messages", body)
    assert (nobody.status, nobody.code) == (404, "member_not_found")
    await post.central.put(f"members/{MEMBER}/consents/email", {"is_given": True})
    refused = await post.central.post(f"members/{MEMBER}/messages", body)
    assert (refused.status, refused.code) == (422, "address_missing")
    refused = await post.write(channel="fax")
    assert refused.code == "channel_unknown"
    assert (await post.central.post(f"members/{MEMBER}/messages", body, token="foreign")).status == 404
    assert post.postbox.letters == []


async def test_consent_that_is_withdrawn_before_it_leaves_drops_it(post: Post) -> None:
    post.postbox.answers = ["451 later"]
    await post.write()
    await has_tried(post)
    await agree(post.central, "email", is_given=False)
    post.postbox.answers = ["250 OK"]
    post.clock.now_ms += 60_000
    assert (await post.becomes("dropped"))["reason"] == "consent_withdrawn"
    assert post.postbox.letters == []


async def test_a_server_that_is_away_is_tried_again_until_it_is_back(post: Post) -> None:
    assert post.server is not None
    post.server.close()
    await post.write()
    message = await has_tried(post)
    assert (message["state"], message["reason"], message["tries"]) == ("waiting", "mail_server_away", 1)
    assert message["next_try_ms"] == NOW_MS + wait_s(1) * 1000
    assert await post.central.services.messages.hand_on(GROUP) == 0, "its moment has not come"
    async with a_server(post.postbox, post.port):
        post.clock.now_ms += wait_s(1) * 1000
        assert (await post.becomes("sent"))["tries"] == 2
    assert len(post.postbox.letters) == 1


async def test_what_is_refused_for_good_fails_at_once_and_can_be_tried_anew(post: Post) -> None:
    post.postbox.answers = ["554 we do not like it", "250 OK"]
    await post.write()
    assert (await post.becomes("failed"))["reason"] == "message_refused"
    failed = await post.central.get("messages", token="office")
    [head] = failed.body["messages"]
    assert head["message_id"] == "x-1"
    assert "text" not in head
    forbidden = await post.central.post("messages/x-1/retry", None)
    assert forbidden.code == "permission_missing"
    again = await post.central.post("messages/x-1/retry", None, token="office")
    assert (again.status, again.body["state"]) == (200, "waiting")
    await post.becomes("sent")
    refused = await post.central.post("messages/x-1/retry", None, token="office")
    assert (refused.status, refused.code) == (409, "message_has_not_failed")
    assert (await post.central.post("messages/none/retry", None, token="office")).status == 404


async def test_what_is_put_off_again_and_again_fails_in_the_end(post: Post) -> None:
    post.postbox.answers = ["451 later"]
    await post.write()
    waited_s = 0
    for tries in range(1, MESSAGE_TRIES_MAX):
        message = await has_tried(post, tries)
        assert message["state"] == "waiting"
        waited_s += wait_s(tries)
        post.clock.now_ms = message["next_try_ms"]
    assert (await post.becomes("failed"))["reason"] == "message_put_off"
    assert 24 * 3600 < waited_s < 3 * 24 * 3600


async def test_a_member_is_not_flooded(post: Post) -> None:
    for number in range(MESSAGES_PER_DAY):
        assert (await post.write(f"x-{number}")).status == 200
    refused = await post.write("one-more")
    assert (refused.status, refused.code) == (429, "messages_too_many")
    assert (await post.write("x-0")).status == 200, "a repeat is no new message"
    post.clock.now_ms += 24 * 3600 * 1000 + 1
    assert (await post.write("one-more")).status == 200


async def test_an_erased_member_leaves_no_message_behind(post: Post) -> None:
    await post.write()
    await post.becomes("sent")
    operator = post.central.operator
    row = await post.central.services.store.find_message(GROUP, "x-1")
    assert row is not None
    assert TEXT.encode() not in row.sealed
    from wire.api_erasure import ErasureBody

    await post.central.services.erasure.erase(operator, CLARA, ErasureBody())
    assert await post.central.services.store.find_message(GROUP, "x-1") is None


async def test_a_subject_cannot_carry_another_header(post: Post) -> None:
    await post.write(subject="Hallo\r\nBcc: everybody@example.org")
    await post.becomes("sent")
    [letter] = post.postbox.letters
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Hallo Bcc: everybody@example.org"


def _certificate(folder: Path) -> tuple[Path, Path]:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make_pair(certificate, key, name="localhost")
    return key, certificate


@asynccontextmanager
async def a_strict_server(folder: Path, postbox: Postbox, port: int) -> AsyncIterator[Path]:
    """One that takes mail after STARTTLS and a sign-in only; the certificate to trust."""
    key, certificate = await asyncio.to_thread(_certificate, folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    def sign_in(
        _server: object, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        is_known = (data.login, data.password) == (b"loyalty", b"secret")
        return AuthResult(success=is_known, handled=False)

    async with a_server(
        postbox,
        port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=sign_in,
    ):
        yield certificate


async def test_mail_is_encrypted_signed_in_and_its_server_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postbox, port = Postbox(), free_port()
    good: dict[str, Any] = {
        "host": "localhost",
        "encryption": "starttls",
        "user": "loyalty",
        "password": "secret",
    }
    good |= {"timeout_s": 3}  # a server that proves nothing is waited for so long
    async with a_strict_server(tmp_path, postbox, port) as certificate:
        clock = MovableClock(NOW_MS)
        for name, changed, trusted, reason in (
            ("unknown", {}, False, "mail_server_away"),
            ("wrong", {"password": "guess"}, True, "mail_sign_in_refused"),
            ("good", {}, True, ""),
        ):
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate) if trusted else "/dev/null")
            folder = tmp_path / name
            folder.mkdir()
            outlets = {Channel.EMAIL: an_outlet(port, **good | changed)}
            async with a_central(folder, clock, outlets=outlets) as central:
                await enrol_clara(central)
                await agree(central, "email")
                post = Post(central, clock, postbox)
                await post.write()
                message = await has_tried(post)
                assert (message["reason"], message["state"]) == (reason, "waiting" if reason else "sent")
    assert len(postbox.letters) == 1


@pytest.fixture
async def kannel(tmp_path: Path) -> AsyncIterator[Kannel]:
    async with a_kannel(tmp_path) as running:
        yield running


async def test_short_messages_reach_the_operator_in_every_alphabet(tmp_path: Path, kannel: Kannel) -> None:
    server = SmsServer(url=kannel.url, sender="Officine", user=USER, password=PASSWORD)
    clock = MovableClock(NOW_MS)
    long = "abcdefghi " * 40
    async with a_central(tmp_path, clock, outlets={Channel.SMS: SmsOutlet(server)}) as central:
        await enrol_clara(central)
        await agree(central, "sms")
        post = Post(central, clock)
        for number, text in enumerate(("Zähler: 5 Fr. für Sie", "您的药已备好，请来取。", long)):
            kept = await post.write(f"s-{number}", channel="sms", text=text, subject="")
            assert (kept.status, kept.body["parts"]) == (200, 3 if text is long else 1)
            await post.becomes("sent", f"s-{number}")
        arrived = await eventually(lambda: kannel.arrived() if len(kannel.arrived()) == 5 else None)
        assert arrived is not None
        assert {(each.sender, each.number) for each in arrived} == {("Officine", "0041791234567")}
        assert [each.text for each in arrived[:2]] == ["Zähler: 5 Fr. für Sie", "您的药已备好，请来取。"]
        assert "".join(each.text for each in arrived[2:]) == long
        assert arrived[0] == Arrived("Officine", "0041791234567", "Zähler: 5 Fr. für Sie")
        clock.now_ms += 24 * 3600 * 1000 + 1
        refused = await post.write("s-9", channel="sms", text="x" * 460)
        assert (refused.status, refused.code) == (422, "message_too_long")
        assert refused.body["params"]["over"] == 1


async def test_a_gateway_that_does_not_know_us_or_is_away_keeps_messages_waiting(
    tmp_path: Path, kannel: Kannel
) -> None:
    closed = f"http://127.0.0.1:{free_port()}/cgi-bin/sendsms"
    for name, url, password, reason in (
        ("unknown", kannel.url, "guess", "sms_sign_in_refused"),
        ("away", closed, PASSWORD, "sms_server_away"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        server = SmsServer(url=url, sender="Officine", user=USER, password=password)
        clock = MovableClock(NOW_MS)
        async with a_central(folder, clock, outlets={Channel.SMS: SmsOutlet(server)}) as central:
            await enrol_clara(central)
            await agree(central, "sms")
            post = Post(central, clock)
            await post.write(channel="sms", subject="")
            message = await has_tried(post)
            assert (message["reason"], message["state"]) == (reason, "waiting")


async def test_a_number_without_its_country_is_nobodys(tmp_path: Path) -> None:
    outlets = {Channel.SMS: SimulatedOutlet(tmp_path / "out", "sms")}
    async with a_central(tmp_path, MovableClock(NOW_MS), outlets=outlets) as central:
        await enrol_clara(central, phone="079 123 45 67")
        await agree(central, "sms")
        body = {"message_id": "s-1", "channel": "sms", "text": "Hallo"}
        refused = await central.post(f"members/{CLARA}/messages", body)
        assert (refused.status, refused.code) == (422, "address_missing")


async def test_the_simulated_way_keeps_each_message_in_a_file(tmp_path: Path) -> None:
    outlets = {Channel.EMAIL: SimulatedOutlet(tmp_path / "out", "email")}
    clock = MovableClock(NOW_MS)
    async with a_central(tmp_path, clock, outlets=outlets) as central:
        await enrol_clara(central)
        await agree(central, "email")
        post = Post(central, clock)
        await post.write()
        await post.becomes("sent")
    [path] = await asyncio.to_thread(lambda: list((tmp_path / "out").iterdir()))
    assert path.name == "email-x-1.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "clara.mueller@example.org" in await asyncio.to_thread(path.read_text)


async def has_tried(post: Post, tries: int = 1) -> dict[str, Any]:
    """The message, once so many tries of it are over."""

    async def found() -> dict[str, Any] | None:
        message = await post.said()
        is_put_off = message["next_try_ms"] == post.clock.now_ms + wait_s(tries) * 1000
        is_over = is_put_off or message["state"] != "waiting"
        return message if message["tries"] == tries and is_over else None

    message = await eventually(found)
    assert message is not None
    return message
