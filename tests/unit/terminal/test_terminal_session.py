"""The card session as a pure machine: who may use which card, and for how long."""

from loyalty.limits.terminal import CARDS_ACQUIRED_MAX
from terminal import session as flow
from terminal.session import LIFETIME_MS, Sessions
from wire.api import IdentifyView, ProfileView
from wire.messages import Evidence

NFC = Evidence(medium="nfc_uid", value="04A1B2C3D4E580")
BARCODE = Evidence(medium="barcode", value="2900000000017")
PROFILE = ProfileView(member_id="m", display_name="Mme R.", language="fr", points=10)
VIEW = IdentifyView(card_number="2900000000017", strength="nfc_uid", profile=PROFILE)


def tapped(evidence: Evidence = NFC, *, now_ms: int = 0, name: str = "1") -> Sessions:
    return flow.tapped(Sessions(), session_id=f"s{name}", tap_id=f"t{name}", evidence=evidence, now_ms=now_ms)


def acquired_by(sale_id: str, reference: str = "L-1", now_ms: int = 0) -> Sessions:
    s = flow.identified(tapped(), "s1", VIEW)
    assert s.current is not None
    return flow.acquired(s, session=s.current, sale_id=sale_id, reference=reference, now_ms=now_ms)


def test_a_tap_asks_until_central_answers() -> None:
    s = tapped()

    assert s.current is not None
    assert s.current.is_asking
    answered = flow.identified(s, "s1", VIEW).current
    assert answered is not None
    assert not answered.is_asking


def test_an_answer_for_an_earlier_card_changes_nothing() -> None:
    s = tapped(name="2")

    assert flow.identified(s, "s1", VIEW) == s
    assert flow.refused(s, "s1", "unknown_card", "") == s


def test_a_lying_card_does_not_expire_and_one_read_in_passing_does() -> None:
    assert flow.expired(tapped(NFC), 10 * LIFETIME_MS).current is not None
    assert flow.expired(tapped(BARCODE), LIFETIME_MS - 1).current is not None
    assert flow.expired(tapped(BARCODE), LIFETIME_MS).current is None


def test_removal_ends_only_the_card_that_left() -> None:
    s = tapped(name="2")

    assert flow.removed(s, "t1") == s
    assert flow.removed(s, "t2").current is None


def test_an_ended_session_of_a_lying_card_is_hidden_and_still_there_for_a_till() -> None:
    s = flow.ended(tapped(NFC), "s1")

    assert s.current is not None
    assert not s.current.is_shown
    assert flow.card_for(s, "TILL-1", 0) is not None
    assert flow.ended(tapped(BARCODE), "s1").current is None


def test_a_bound_card_is_no_other_tills() -> None:
    s = flow.bound(tapped(), "s1", "TILL-1")

    assert flow.card_for(s, "TILL-1", 0) is not None
    assert flow.card_for(s, "TILL-2", 0) is None


def test_a_reference_works_for_its_till_and_its_lifetime_only() -> None:
    s = acquired_by("TILL-1")

    assert flow.card_of_reference(s, "TILL-1", "L-1", LIFETIME_MS - 1) is not None
    assert flow.card_of_reference(s, "TILL-2", "L-1", 0) is None
    assert flow.card_of_reference(s, "TILL-1", "L-2", 0) is None
    assert flow.card_of_reference(s, "TILL-1", "L-1", LIFETIME_MS) is None


def test_a_used_reference_lives_on_from_its_use() -> None:
    s = flow.used(acquired_by("TILL-1"), "L-1", LIFETIME_MS - 1)

    assert flow.card_of_reference(s, "TILL-1", "L-1", LIFETIME_MS) is not None


def test_a_reference_outlives_the_card_on_the_reader() -> None:
    s = flow.removed(acquired_by("TILL-1"), "t1")

    assert s.current is None
    assert flow.card_of_reference(s, "TILL-1", "L-1", 1) is not None
    assert flow.card_of_number(s, "TILL-1", VIEW.card_number, 1) is not None
    assert flow.card_of_number(s, "TILL-2", VIEW.card_number, 1) is None


def test_the_oldest_reference_is_forgotten_when_there_are_too_many() -> None:
    s = acquired_by("TILL-1", "L-0")
    for number in range(1, CARDS_ACQUIRED_MAX + 1):
        assert s.current is not None
        s = flow.acquired(s, session=s.current, sale_id="TILL-1", reference=f"L-{number}", now_ms=0)

    assert len(s.acquired) == CARDS_ACQUIRED_MAX
    assert flow.card_of_reference(s, "TILL-1", "L-0", 0) is None
    assert flow.card_of_reference(s, "TILL-1", f"L-{CARDS_ACQUIRED_MAX}", 0) is not None


def test_a_noted_ticket_waits_until_it_is_booked() -> None:
    s = flow.noted(flow.identified(tapped(), "s1", VIEW), "sale-1", NFC)
    assert s.current is not None
    assert s.current.pending == {"sale-1"}

    booked = flow.booked(s, "sale-1", NFC, points=5, profile=PROFILE).current

    assert booked is not None
    assert not booked.pending
    assert booked.last_award_points == 5


def test_a_ticket_of_another_card_leaves_the_session_alone() -> None:
    s = flow.identified(tapped(), "s1", VIEW)
    other = Evidence(medium="typed", value="2900000000024")

    assert flow.noted(s, "sale-1", other) == s
    assert flow.booked(s, "sale-1", other, points=5, profile=PROFILE) == s


def test_a_profile_never_opens_a_session_that_central_refused() -> None:
    s = flow.refused(tapped(), "s1", "blocked_card", "blocked")

    booked = flow.booked(s, "sale-1", NFC, points=5, profile=PROFILE).current

    assert booked is not None
    assert booked.profile is None
