"""Which commands reach a card: those of their purpose, from who may send them, and so many (ADR 22)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.chips import own_chip
from central.chips.ev2first import Challenge, first_command
from central.services.members.card_proofs import SELECT_NDEF
from loyalty.limits.readers import CARD_TALK_COMMANDS_PER_TAP_MAX
from reader_daemon.talks import ALLOWED, refusal
from wire.messages import CardCommands, TalkPurpose

EVERYTHING: frozenset[TalkPurpose] = frozenset(ALLOWED)
PROOF = [
    SELECT_NDEF,
    first_command(3),
    Challenge(bytes(16), bytes(16), bytes(16)).command(),
    *own_chip.commands(bytes(16)),
]


def why(*commands: str, purpose: TalkPurpose = "proof", program: str = "terminal", sent: int = 0) -> object:
    asked = CardCommands(request_id="r", tap_id="t", purpose=purpose, commands=commands)
    return refusal(asked, program=program, permitted=EVERYTHING, sent=sent)


def test_what_central_asks_of_a_card_is_carried() -> None:
    assert why(*(command.hex().upper() for command in PROOF)) is None


@pytest.mark.parametrize(
    ("purpose", "command"),
    [
        ("proof", first_command(0).hex().upper()),
        ("proof", "00A40000022F06"),
        ("proof", "00B0000002"),
        ("proof", "90C400002900" + "00" * 41),
        ("proof", "FFCA000000"),
        ("proof", SELECT_NDEF.hex().upper() + "00"),
        ("till", "FF00000000"),
        ("till", "FF82000006FFFFFFFFFFFF"),
        ("till", "00A4"),
        ("personalise", "FF82000006FFFFFFFFFFFF"),
        ("personalise", "9051000000"),
    ],
)
def test_what_does_not_belong_to_the_purpose_is_not(purpose: TalkPurpose, command: str) -> None:
    program = "control" if purpose == "personalise" else "terminal"
    assert why(command, purpose=purpose, program=program) == "not_permitted"
    assert why(SELECT_NDEF.hex().upper(), command, purpose=purpose, program=program) == "not_permitted"


def test_the_kiosk_and_other_programs_talk_with_no_card() -> None:
    command = SELECT_NDEF.hex().upper()
    assert [why(command, program=name) for name in ("kiosk", "control", "reader")] == ["not_permitted"] * 3
    assert why(command, purpose="personalise", program="terminal") == "not_permitted"


def test_a_purpose_that_is_not_permitted_here_is_refused() -> None:
    asked = CardCommands(request_id="r", tap_id="t", purpose="till", commands=("00A4000002",))
    assert refusal(asked, program="terminal", permitted=frozenset({"proof"}), sent=0) == "not_permitted"


def test_one_card_is_sent_so_many_commands_and_no_more() -> None:
    command = SELECT_NDEF.hex().upper()
    assert why(command, sent=CARD_TALK_COMMANDS_PER_TAP_MAX - 1) is None
    assert why(command, sent=CARD_TALK_COMMANDS_PER_TAP_MAX) == "too_many"


@given(st.binary(max_size=300), st.sampled_from(sorted(ALLOWED)))
def test_no_bytes_reach_the_readers_own_commands(command: bytes, purpose: TalkPurpose) -> None:
    program = "control" if purpose == "personalise" else "terminal"
    text = command.hex().upper()
    if why(text, purpose=purpose, program=program) is None:
        assert not text.startswith("FF") or text == "FFCA000000"
        assert len(command) >= 4
