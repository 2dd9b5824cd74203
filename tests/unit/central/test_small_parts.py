"""Permissions, the sliding window, quote ids, days in a zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from central.services.core import access
from central.services.core.access import PERMISSIONS, ROLES, Actor, operator_of
from central.services.core.clock import (
    UnknownTimeZone,
    Zones,
    day_start_ms,
    local_day,
    local_moment,
    time_of_day,
)
from central.services.core.limiter import SlidingWindow
from central.services.core.requests import ClockSkew, OccurredAhead, TicketTooOld, check_clock
from central.services.core.sealed_people import normal_email, normal_phone
from central.services.tickets.quote_ids import QuotedTerms, QuoteInvalid, QuoteSigner
from loyalty.limits.web import LIMITER_KEYS_MAX

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NOW_MS = 1_795_329_000_000


def an_actor(*permissions: str, shop_id: str | None = None) -> Actor:
    return Actor(group_id="g", token_id="t", permissions=frozenset(permissions), shop_id=shop_id)


def test_roles_hold_known_permissions_only_and_none_reads_purchase_lines() -> None:
    for role in ROLES.values():
        assert role <= PERMISSIONS
        assert access.LINES_READ not in role


def test_a_missing_permission_is_named() -> None:
    with pytest.raises(access.PermissionMissing, match=r"cards\.write"):
        access.require(an_actor(access.SALES_WRITE), access.CARDS_WRITE)


def test_the_operator_may_do_everything_in_the_own_group() -> None:
    assert operator_of("g").permissions == PERMISSIONS
    assert operator_of("g").group_id == "g"


def test_a_terminal_acts_for_its_shop_and_others_name_one() -> None:
    assert access.shop_of(an_actor(shop_id="s"), None) == "s"
    assert access.shop_of(an_actor(shop_id="s"), "s") == "s"
    assert access.shop_of(an_actor(), "s") == "s"
    with pytest.raises(access.ShopNotYours):
        access.shop_of(an_actor(shop_id="s"), "other")
    with pytest.raises(access.ShopMissing):
        access.shop_of(an_actor(), None)


def test_the_window_opens_again_and_keys_do_not_share_it() -> None:
    now = [0]
    window = SlidingWindow(tries=2, window_s=60, clock=lambda: now[0])

    assert [window.count_try("a") for _ in range(3)] == [None, None, 60]
    assert window.count_try("b") is None
    now[0] = 59_001
    assert window.count_try("a") == 1
    now[0] = 60_000
    assert window.count_try("a") is None


def test_a_refused_try_does_not_push_the_window_on() -> None:
    now = [0]
    window = SlidingWindow(tries=1, window_s=60, clock=lambda: now[0])
    window.count_try("a")
    for now[0] in range(1000, 59_000, 1000):
        assert window.count_try("a") is not None
    now[0] = 60_000

    assert window.count_try("a") is None


def test_the_window_remembers_a_bounded_number_of_keys() -> None:
    window = SlidingWindow(tries=1, window_s=60, clock=lambda: 0)
    for number in range(LIMITER_KEYS_MAX + 100):
        window.count_try(str(number))

    assert window.count_try(str(LIMITER_KEYS_MAX + 99)) is not None
    assert window.count_try("0") is None


def some_terms() -> QuotedTerms:
    return QuotedTerms(
        group_id="g",
        shop_id="s",
        as_of_ms=NOW_MS,
        expires_ms=NOW_MS + 1,
        ruleset_version=3,
        total_minor=3980,
        points=39,
        digest=b"d" * 16,
    )


def test_a_quote_id_opens_to_what_was_signed() -> None:
    signer = QuoteSigner(b"k" * 32)

    assert signer.open(signer.sign(some_terms()), group_id="g") == some_terms()


def test_every_changed_character_of_a_quote_id_is_noticed() -> None:
    signer = QuoteSigner(b"k" * 32)
    quote_id = signer.sign(some_terms())
    for at in range(len(quote_id) - 1):  # the last one may carry unused bits only
        forged = quote_id[:at] + ("A" if quote_id[at] != "A" else "B") + quote_id[at + 1 :]
        with pytest.raises(QuoteInvalid):
            signer.open(forged, group_id="g")


@pytest.mark.parametrize("key", [b"other" * 8])
def test_a_quote_of_another_central_or_group_is_refused(key: bytes) -> None:
    quote_id = QuoteSigner(b"k" * 32).sign(some_terms())

    with pytest.raises(QuoteInvalid):
        QuoteSigner(key).open(quote_id, group_id="g")
    with pytest.raises(QuoteInvalid):
        QuoteSigner(b"k" * 32).open(quote_id, group_id="h")


@pytest.mark.parametrize("off_ms", [0, DAY_MS, -DAY_MS])
def test_a_clock_up_to_a_day_off_is_accepted(off_ms: int) -> None:
    check_clock(an_actor(), occurred_ms=NOW_MS + off_ms, sent_ms=NOW_MS + off_ms, now_ms=NOW_MS)


@pytest.mark.parametrize("off_ms", [DAY_MS + 1000, -DAY_MS - 1000, 365 * DAY_MS])
def test_a_clock_further_off_is_refused(off_ms: int) -> None:
    with pytest.raises(ClockSkew):
        check_clock(an_actor(), occurred_ms=NOW_MS + off_ms, sent_ms=NOW_MS + off_ms, now_ms=NOW_MS)


def test_a_ticket_may_not_come_from_the_future_of_its_sender() -> None:
    with pytest.raises(OccurredAhead):
        check_clock(an_actor(), occurred_ms=NOW_MS + HOUR_MS, sent_ms=NOW_MS, now_ms=NOW_MS)


def test_what_a_fast_sender_dates_into_the_future_happens_now() -> None:
    fast_ms, tolerated_ms = NOW_MS + 20 * HOUR_MS, NOW_MS + 299_000
    assert check_clock(an_actor(), occurred_ms=fast_ms, sent_ms=fast_ms, now_ms=NOW_MS) == NOW_MS
    same_ms = check_clock(an_actor(), occurred_ms=tolerated_ms, sent_ms=fast_ms, now_ms=NOW_MS)
    assert same_ms == tolerated_ms


def test_a_slow_sender_may_pass_on_a_ticket_of_a_till_that_is_right() -> None:
    slow_ms = NOW_MS - 20 * HOUR_MS
    check_clock(an_actor(), occurred_ms=NOW_MS, sent_ms=slow_ms, now_ms=NOW_MS)


def test_an_old_ticket_is_taken_from_those_who_import_history() -> None:
    old_ms = NOW_MS - 31 * DAY_MS
    check_clock(an_actor(access.SALES_HISTORY), occurred_ms=old_ms, sent_ms=NOW_MS, now_ms=NOW_MS)

    with pytest.raises(TicketTooOld):
        check_clock(an_actor(), occurred_ms=old_ms, sent_ms=NOW_MS, now_ms=NOW_MS)


def test_a_day_begins_at_local_midnight_also_when_clocks_change() -> None:
    zone = ZoneInfo("Europe/Zurich")
    noon_ms = 1_774_778_400_000  # 2026-03-29 10:00 UTC, the day summer time begins

    assert local_day(noon_ms, zone).isoformat() == "2026-03-29"
    assert day_start_ms(noon_ms, zone) == 1_774_738_800_000  # 2026-03-28 23:00 UTC


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "\0"])
async def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UnknownTimeZone):
        await Zones().get(name)


def test_contacts_are_found_however_they_are_written() -> None:
    assert normal_email(" Anne@Example.CH ") == normal_email("anne@example.ch")
    assert normal_phone("+41 79 555 12 12") == normal_phone("0041795551212") == "+41795551212"
    assert normal_phone("079 555 12 12") == "0795551212"


@pytest.mark.parametrize(
    ("zone", "at", "shown"),
    [
        ("Europe/Zurich", "2026-03-29T00:59:59Z", "01:59"),
        ("Europe/Zurich", "2026-03-29T01:00:00Z", "03:00"),  # two o'clock never comes
        ("Europe/Zurich", "2026-10-25T00:30:00Z", "02:30"),  # and in autumn it comes twice
        ("Europe/Zurich", "2026-10-25T01:30:00Z", "02:30"),
        ("Europe/Zurich", "2026-10-25T02:00:00Z", "03:00"),
        ("Indian/Reunion", "2026-10-25T01:30:00Z", "05:30"),
        ("Asia/Shanghai", "2026-06-30T16:00:00Z", "00:00"),
        ("Europe/Paris", "2026-06-30T22:00:59.999Z", "00:00"),
    ],
)
async def test_the_time_of_day_is_that_of_the_shop_on_both_days_clocks_change(
    zone: str, at: str, shown: str
) -> None:
    at_ms = int(datetime.fromisoformat(at).timestamp() * 1000)
    assert time_of_day(local_moment(at_ms, await Zones().get(zone))) == shown
