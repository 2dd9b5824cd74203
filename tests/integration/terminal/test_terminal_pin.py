"""A PIN at the kiosk: through the agent to a real central, then the articles; kept nowhere on the way."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from loyalty.limits.cards import PIN_TRIES_MAX
from tests.central_fixture import GROUP, MEMBER
from tests.helpers import eventually
from tests.integration.central.clerks import sign_in
from tests.integration.central.test_chip_messages import a_chip
from tests.integration.terminal.test_terminal_my_value import publish
from tests.terminal_fixture import CREAM, Shop
from tools.cards.kinds import SunCard
from wire.messages import EnterPin, FromAgent, Hello, MemberView, PinTold
from wire.my_value import DonatedTold, DonatePoints
from wire.peer import Link, connect_forever
from wire.why import AskWhy, Why

PIN = "248613"


@dataclass
class Member:
    """A member at the kiosk, whose card proves itself and has a PIN."""

    shop: Shop
    card: SunCard
    link: Link | None = None
    judged: list[PinTold] = field(default_factory=list)
    told: list[Why] = field(default_factory=list)
    gifts: list[DonatedTold] = field(default_factory=list)
    asked: int = 0
    wishes: int = 0

    @property
    def shown(self) -> MemberView | None:
        """What the kiosk was told of the member."""
        state = self.shop.kiosk.states[-1] if self.shop.kiosk.states else None
        return state.session.member if state and state.session else None

    async def on_message(self, message: FromAgent) -> None:
        if isinstance(message, PinTold):
            self.judged.append(message)
        if isinstance(message, DonatedTold):
            self.gifts.append(message)
        if isinstance(message, Why):
            self.told.append(message)

    async def tap(self) -> None:
        self.card.counter += 1
        await self.shop.tap(self.card.sun_url(), "ntag424")
        await eventually(lambda: self.shown is not None)

    async def enter(self, pin: str) -> PinTold:
        assert self.link is not None
        await eventually(lambda: self.link and self.link.is_up)
        self.asked += 1
        session_id = self.shop.kiosk.session.session_id
        assert self.link.send(EnterPin(request_id=f"p{self.asked}", session_id=session_id, pin=pin))
        await eventually(lambda: len(self.judged) == self.asked)
        return self.judged[-1]

    async def donate(self, points: int, act_id: str) -> DonatedTold:
        """Each wish is a question of its own, whatever act it repeats."""
        self.wishes += 1
        request_id, session_id = f"g{self.wishes}", self.shop.kiosk.session.session_id
        wish = DonatePoints(
            request_id=request_id,
            session_id=session_id,
            act_id=act_id,
            association_id="club",
            points=points,
        )
        assert self.link is not None
        await eventually(lambda: self.link and self.link.is_up)
        assert self.link.send(wish)
        await eventually(lambda: bool(self.gifts) and self.gifts[-1].request_id == request_id)
        return self.gifts[-1]

    async def why(self, request_id: str) -> Why:
        assert self.link is not None
        assert self.shown is not None
        session_id, sale_id = self.shop.kiosk.session.session_id, self.shown.tickets[0].sale_id
        assert self.link.send(AskWhy(request_id=request_id, session_id=session_id, sale_id=sale_id))
        await eventually(lambda: bool(self.told) and self.told[-1].request_id == request_id)
        return self.told[-1]


@pytest.fixture
async def member(shop: Shop) -> AsyncIterator[Member]:
    clerk = await sign_in(shop.central)
    made = Member(shop, await a_chip(shop.central))
    body = {"act_id": "pin-1", "clerk": clerk, "kind": "set", "identity": "id_card", "pin": PIN}
    evidence = {"medium": "nfc_uid", "value": made.card.uid.hex().upper()}
    assert (await shop.central.post("counter/pins", body | {"holder": evidence})).status == 200
    hello = Hello(program="kiosk", version="0")
    async with connect_forever(
        shop.settings.socket, hello, FromAgent, made.on_message, lambda _: None
    ) as link:
        made.link = link
        yield made


async def test_articles_are_named_after_a_right_pin_and_not_before(
    member: Member, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    await member.tap()
    assert (await member.shop.till.award([CREAM])).response.result == "Success"
    await eventually(
        lambda: bool(member.shop.kiosk.session.member and member.shop.kiosk.session.member.tickets)
    )
    assert [line.name for line in (await member.why("w1")).lines] == [""]

    assert await member.enter("951735") == PinTold(request_id="p1", outcome="wrong", tries_left=2)
    assert (await member.enter(PIN)).outcome == "right"
    await eventually(
        lambda: member.shop.kiosk.session.member and not member.shop.kiosk.session.member.asks_pin
    )

    assert [line.name for line in (await member.why("w2")).lines] == ["sun-cream"]
    reads = await member.shop.central.services.store.list_reads(GROUP, MEMBER, 10)
    assert [read.purpose for read in reads] == ["lines_told", "why_told"]
    assert (await member.enter(PIN)).outcome == "not_here", "it is known already"
    kept = "".join(
        path.read_bytes().decode("latin-1")
        for path in member.shop.settings.state_dir.rglob("*")
        if path.is_file()
    )
    for text in (kept, caplog.text, capfd.readouterr().out):
        assert PIN not in text
        assert "951735" not in text


async def test_a_gift_above_what_the_card_alone_may_takes_the_pin_and_is_given_once(
    member: Member,
) -> None:
    await publish(member.shop, identification={"donate": {"aes_card": 10, "card_and_pin": None}})
    await member.shop.central.put("parties/association/club", {"name": "FC Nyon"})
    await member.tap()
    assert (await member.shop.till.award([CREAM])).response.result == "Success"
    assert (await member.donate(10, "small")).trouble == "", "so much the card alone may"
    assert (await member.donate(20, "large")).trouble == "needs_pin"
    assert (await member.enter(PIN)).outcome == "right"
    given, again = await member.donate(20, "large"), await member.donate(20, "large")
    assert (given.trouble, given.balance, again.balance) == ("", 9, 9)
    assert await member.shop.central.points_of() == 9


async def test_who_may_give_with_the_pin_alone_is_offered_it(member: Member) -> None:
    await publish(member.shop, identification={"donate": "card_and_pin"})
    await member.tap()
    assert member.shown is not None
    assert member.shown.may_donate
    await member.shop.remove()
    await member.shop.tap_known()
    bare = member.shop.kiosk.session.member
    assert bare is not None
    assert not bare.may_donate, "of a number alone no PIN is asked"


async def test_the_next_tap_asks_again(member: Member) -> None:
    await member.tap()
    assert (await member.enter(PIN)).outcome == "right"
    await member.shop.remove()
    await member.tap()
    assert member.shown is not None
    assert member.shown.asks_pin


async def test_wrong_pins_lock_and_the_pad_is_offered_no_more(member: Member) -> None:
    await member.tap()
    outcomes = [(await member.enter("951735")).outcome for _ in range(PIN_TRIES_MAX)]
    assert outcomes == ["wrong"] * (PIN_TRIES_MAX - 1) + ["locked"]
    await eventually(
        lambda: member.shop.kiosk.session.member and not member.shop.kiosk.session.member.asks_pin
    )
    assert (await member.enter(PIN)).outcome == "not_here"


async def test_a_copied_uid_is_asked_for_no_pin(member: Member) -> None:
    await member.shop.tap_known()
    assert member.shown is not None
    assert not member.shown.asks_pin
    assert (await member.enter(PIN)).outcome == "not_here"
