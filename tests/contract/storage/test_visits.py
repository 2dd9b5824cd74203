"""What members leave and are known by: messages to shops, insured-person cards, cards in phones."""

from dataclasses import replace

import pytest

from central.storage.base import IdempotencyConflict, Store
from central.storage.interface.counter import ActLimitReached, ActLimits, CounterActRow
from central.storage.interface.insured_cards import InsuredCardRow, InsuredLink, InsuredTaken
from central.storage.interface.phone_cards import PhoneCardRow
from central.storage.interface.shop_messages import ShopMessageRow
from central.storage.interface.standings import ConsentRow
from tests.contract.storage.factories import MEMBER, NOW_MS, SHOP, G, a_card, a_member

OTHER_MEMBER = "mem-2"
CARD = "7560001"
SECOND_CARD = "7560002"
OTHER_CARD = "7560003"
MESSAGE = ShopMessageRow(
    group_id=G,
    message_id="visit-1.my_points",
    input_hash=b"asked",
    shop_id=SHOP,
    member_id=MEMBER,
    topic="my_points",
    token_id="t-1",
    made_ms=NOW_MS,
)
PHONE = PhoneCardRow(G, "handle-1", CARD, NOW_MS, "clerk")


async def with_cards(store: Store) -> Store:
    """Two cards of one member, one of another."""
    await store.enrol_member(a_member(OTHER_MEMBER), None)
    for number, member_id in ((CARD, MEMBER), (SECOND_CARD, MEMBER), (OTHER_CARD, OTHER_MEMBER)):
        await store.put_card(a_card(number, member_id=member_id))
    return store


async def kinds(store: Store, start: str) -> list[str]:
    return [each.kind for each in await store.list_events(G, 0, 200) if each.kind.startswith(start)]


# Messages to shops ------------------------------------------------------------------------------------------


async def test_a_message_is_kept_once_and_another_under_its_id_is_refused(store: Store) -> None:
    first = await store.put_shop_message(MESSAGE, most=3, since_ms=0)
    again = await store.put_shop_message(replace(MESSAGE, made_ms=NOW_MS + 5), most=3, since_ms=0)

    assert first is not None
    assert again is not None
    assert (first.is_replay, again.is_replay, again.row) == (False, True, MESSAGE)
    with pytest.raises(IdempotencyConflict):
        await store.put_shop_message(replace(MESSAGE, input_hash=b"other"), most=3, since_ms=0)
    assert await store.find_shop_message(G, MESSAGE.message_id) == MESSAGE
    assert await store.find_shop_message("other", MESSAGE.message_id) is None
    assert await kinds(store, "shop_message") == ["shop_message.written"]


async def test_a_member_writes_so_many_and_no_more_until_the_first_is_long_ago(store: Store) -> None:
    for number in range(2):
        kept = await store.put_shop_message(replace(MESSAGE, message_id=f"m-{number}"), most=2, since_ms=0)
        assert kept is not None
    more = replace(MESSAGE, message_id="m-2", made_ms=NOW_MS + 9)

    assert await store.put_shop_message(more, most=2, since_ms=0) is None
    assert await store.find_shop_message(G, "m-2") is None
    again = await store.put_shop_message(replace(MESSAGE, message_id="m-1"), most=2, since_ms=0)
    assert again is not None
    assert again.is_replay, "a repeat is no new one"
    assert await store.put_shop_message(more, most=2, since_ms=NOW_MS) is not None


async def test_open_messages_are_listed_oldest_first_until_they_are_done_once(store: Store) -> None:
    for number in (2, 0, 1):
        row = replace(MESSAGE, message_id=f"m-{number}", made_ms=NOW_MS + number)
        await store.put_shop_message(row, most=9, since_ms=0)
    sealed = replace(MESSAGE, message_id="m-3", topic="own_words", sealed=b"words", made_ms=NOW_MS + 3)
    await store.put_shop_message(sealed, most=9, since_ms=0)

    listed = await store.list_shop_messages(G, SHOP, 3)
    assert [row.message_id for row in listed] == ["m-0", "m-1", "m-2"]
    assert (await store.list_shop_messages(G, SHOP, 9))[3] == sealed
    assert await store.list_shop_messages(G, "shop-2", 9) == []
    assert await store.end_shop_message(G, "m-1", "t-2", NOW_MS + 50)
    assert not await store.end_shop_message(G, "m-1", "t-3", NOW_MS + 60)
    assert not await store.end_shop_message(G, "nothing", "t-3", NOW_MS + 60)
    done = await store.find_shop_message(G, "m-1")
    assert done is not None
    assert (done.done_ms, done.done_by) == (NOW_MS + 50, "t-2")
    assert [row.message_id for row in await store.list_shop_messages(G, SHOP, 9)] == ["m-0", "m-2", "m-3"]
    assert (await kinds(store, "shop_message")).count("shop_message.done") == 1


# Insured-person cards ---------------------------------------------------------------------------------------


def a_link(
    act_id: str = "act-1",
    *,
    card_hash: bytes = b"hash-1",
    number: str = CARD,
    member_id: str = MEMBER,
    most: int = 0,
) -> InsuredLink:
    return InsuredLink(
        row=InsuredCardRow(G, card_hash, number, NOW_MS, "s-7"),
        member_id=member_id,
        consent=ConsentRow("insured_card", True, NOW_MS, "s-7"),
        act=CounterActRow(
            group_id=G,
            act_id=act_id,
            kind="insured_card",
            input_hash=card_hash + number.encode(),
            shop_id=SHOP,
            token_id="t-1",
            staff_id="s-7",
            role="clerk",
            member_id=member_id,
            from_id=None,
            sale_id=None,
            reason="",
            day="2026-11-26",
            at_ms=NOW_MS,
        ),
        limits=ActLimits(per_staff=most, per_member=0),
    )


async def test_a_card_is_linked_with_its_act_and_its_consent_once(store: Store) -> None:
    await with_cards(store)
    link = a_link()

    assert not await store.link_insured_card(link)
    assert await store.link_insured_card(link), "the same act again"
    assert await store.find_insured_card(G, b"hash-1") == link.row
    assert await store.find_insured_card("other", b"hash-1") is None
    assert await store.find_counter_act(G, "act-1") == link.act
    assert [each.is_given for each in await store.list_consents(G, MEMBER, 9)] == [True]
    with pytest.raises(IdempotencyConflict):
        await store.link_insured_card(a_link(card_hash=b"hash-2"))
    assert await store.find_insured_card(G, b"hash-2") is None
    assert await kinds(store, "insured_card") == ["insured_card.linked"]


async def test_a_members_new_card_takes_the_place_of_the_earlier_one(store: Store) -> None:
    await with_cards(store)
    await store.link_insured_card(a_link())

    await store.link_insured_card(a_link("act-2", card_hash=b"hash-2", number=SECOND_CARD))

    assert await store.find_insured_card(G, b"hash-1") is None
    assert await store.find_insured_card(G, b"hash-2") is not None


async def test_another_members_card_is_refused_and_nothing_of_it_is_written(store: Store) -> None:
    await with_cards(store)
    await store.link_insured_card(a_link())

    with pytest.raises(InsuredTaken):
        await store.link_insured_card(a_link("act-2", number=OTHER_CARD, member_id=OTHER_MEMBER))

    assert await store.find_counter_act(G, "act-2") is None
    assert await store.list_consents(G, OTHER_MEMBER, 9) == []
    found = await store.find_insured_card(G, b"hash-1")
    assert found is not None
    assert found.card_number == CARD


async def test_a_clerk_who_had_as_many_today_links_no_more(store: Store) -> None:
    await with_cards(store)
    await store.link_insured_card(a_link(most=1))

    other = a_link("act-2", card_hash=b"hash-2", number=OTHER_CARD, member_id=OTHER_MEMBER, most=1)
    with pytest.raises(ActLimitReached):
        await store.link_insured_card(other)

    assert await store.find_insured_card(G, b"hash-2") is None


# Cards in phones --------------------------------------------------------------------------------------------


async def test_a_card_in_a_phone_is_made_once_and_its_handle_is_no_other_cards(store: Store) -> None:
    await with_cards(store)
    first = await store.put_phone_card(PHONE)
    again = await store.put_phone_card(replace(PHONE, made_ms=NOW_MS + 5))

    assert (first.is_replay, again.is_replay, again.row) == (False, True, PHONE)
    with pytest.raises(IdempotencyConflict):
        await store.put_phone_card(replace(PHONE, card_number=OTHER_CARD))
    assert await store.find_phone_card(G, "handle-1") == PHONE
    assert await store.find_phone_card("other", "handle-1") is None
    assert await kinds(store, "phone_card") == ["phone_card.made"]


async def test_a_member_has_one_live_card_in_a_phone_whichever_card_it_is_of(store: Store) -> None:
    await with_cards(store)
    await store.put_phone_card(PHONE)
    await store.put_phone_card(PhoneCardRow(G, "others", OTHER_CARD, NOW_MS, "clerk"))

    await store.put_phone_card(PhoneCardRow(G, "handle-2", SECOND_CARD, NOW_MS + 9, "clerk"))

    ended = {name: await store.find_phone_card(G, name) for name in ("handle-1", "handle-2", "others")}
    assert {name: row.ended_ms for name, row in ended.items() if row is not None} == {
        "handle-1": NOW_MS + 9,
        "handle-2": None,
        "others": None,
    }


async def test_a_card_in_a_phone_ends_once(store: Store) -> None:
    await with_cards(store)
    await store.put_phone_card(PHONE)

    assert await store.end_phone_card(G, SECOND_CARD, NOW_MS + 1), "by any card of its member"
    assert not await store.end_phone_card(G, CARD, NOW_MS + 2)
    assert not await store.end_phone_card(G, "nothing", NOW_MS + 2)

    assert await store.find_phone_card(G, "handle-1") == replace(PHONE, ended_ms=NOW_MS + 1)
    assert await kinds(store, "phone_card") == ["phone_card.made", "phone_card.ended"]
