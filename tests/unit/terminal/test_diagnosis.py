"""What a terminal finds of itself, and what a try of the reader tells of a card."""

import pytest

from loyalty.limits.doctor import DISK_FREE_FAIL_BYTES, DISK_FREE_WARN_BYTES, MEMORY_FREE_WARN_BYTES
from loyalty.programme.chip_numbers import HEALTH_CARD
from terminal.diagnosis import of_reader, of_room, of_version
from terminal.machine import Room
from terminal.reader_test import tail_of
from terminal.views import SOFTWARE_VERSION
from wire.messages import CardPresented, Evidence, Medium, ReaderState, ReaderTrouble


@pytest.mark.parametrize(
    ("disk", "memory", "conditions"),
    [
        (DISK_FREE_WARN_BYTES, MEMORY_FREE_WARN_BYTES, ("well", "well")),
        (DISK_FREE_WARN_BYTES - 1, MEMORY_FREE_WARN_BYTES - 1, ("soon", "soon")),
        (DISK_FREE_FAIL_BYTES - 1, None, ("broken", "absent")),
    ],
)
def test_room_is_judged_as_the_doctor_judges_it(
    disk: int, memory: int | None, conditions: tuple[str, str]
) -> None:
    found = of_room(Room(disk=disk, is_read_only=False, memory=memory))
    assert tuple(each.condition for each in found) == conditions


def test_a_disk_that_takes_nothing_is_broken_however_empty_it_is() -> None:
    disk, _ = of_room(Room(disk=10 * DISK_FREE_WARN_BYTES, is_read_only=True, memory=None))
    assert (disk.condition, disk.code) == ("broken", "read_only")


@pytest.mark.parametrize(
    ("state", "trouble", "condition", "code"),
    [
        ("ready", "", "well", "ready"),
        ("ready", "card_unread", "soon", "card_unread"),
        ("lost", "unplugged", "broken", "unplugged"),
        ("starting", "", "broken", "starting"),
    ],
)
def test_a_reader_is_told_by_its_trouble(state: str, trouble: str, condition: str, code: str) -> None:
    troubles = (ReaderTrouble(driver="pcsc", reason=trouble),) if trouble else ()
    told = ReaderState(state=state, reader="uTrust", since_ms=0, troubles=troubles)  # type: ignore[arg-type]
    found = of_reader(told)
    assert (found.condition, found.code) == (condition, code)
    assert of_reader(None).code == "not_running"


def test_a_kiosk_of_another_version_is_noticed() -> None:
    assert of_version(SOFTWARE_VERSION).condition == "well"
    other = of_version("0.0.1")
    assert (other.condition, other.name) == ("soon", f"{SOFTWARE_VERSION} / 0.0.1")


@pytest.mark.parametrize(
    ("medium", "value", "uid", "tail"),
    [
        ("nfc_uid", "04A1B2C3D4E5F6", "", "E5F6"),
        ("barcode", "2900000000017", "", "0017"),
        ("barcode", "1234567", "", ""),
        ("chip", "iccsn:9756014711", "", "4711"),
        ("chip", "insured:0123456789ABCDEF", "", ""),
        ("chip", HEALTH_CARD, "", ""),
        ("ntag424", "https://x.example/?e=1", "04D1D2D3D4D580", "D580"),
        ("phone", "OFFICINE:123456789", "", ""),
        ("typed", "123456789", "", ""),
    ],
)
def test_no_more_than_the_end_of_a_number_is_told(medium: Medium, value: str, uid: str, tail: str) -> None:
    card = CardPresented(
        tap_id="t",
        evidence=Evidence(medium=medium, value=value),
        at_ms=0,
        at_monotonic_ns=0,
        expires_ms=1,
        uid=uid,
    )
    assert tail_of(card) == tail
