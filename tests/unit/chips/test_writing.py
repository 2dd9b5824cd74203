"""A blank NTAG 424 DNA becomes a card of the group, wherever it is torn away on the way (C-03, P-26)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.chips.ev2first import CardProofFailed, Session, answer_challenge, first_command, require_proof
from central.chips.ntag424 import LinkTooLong, card_link, change_key, key_checksum
from central.chips.sun import parse_link, read_tap, require_genuine
from central.services.cards.card_keys import CardKeys
from central.services.cards.writing import CardNotBlank, CardNotWritten, Outcome, Talk, Written, write_card
from tools.cards.blank424 import BlankNtag424

UID = bytes.fromhex("04A2B3C4D5E680")
LINK = card_link("https://loy.example/t")


def keys(version: int = 1) -> CardKeys:
    parts = [bytes((version * 16 + number,)) * 16 for number in range(4)]
    return CardKeys(version, b"prog", *parts)


class Torn(Exception):
    """The card was taken away."""


def run(talk: Talk, card: BlankNtag424, *, commands: int | None = None) -> Written:
    """Carry a talk to a card that stays for so many commands; the reader ends a message as it does."""
    card.power_on()
    left = commands
    asked = next(talk)
    while True:
        answers: list[bytes] = []
        for command in asked:
            if left == 0:
                break
            left = None if left is None else left - 1
            answers.append(card.answer(command))
            if answers[-1][-2:] not in (b"\x90\x00", b"\x91\x00", b"\x91\xaf"):
                break
        try:
            asked = talk.send(answers)
        except StopIteration as done:
            written = done.value
            assert isinstance(written, Written)
            return written


def tap(card: BlankNtag424) -> str:
    """The link that a telephone reads."""
    card.power_on()
    for command in ("00A4040007D276000085010100", "00A4000C02E104"):
        assert card.answer(bytes.fromhex(command)) == b"\x90\x00"
    content = card.answer(bytes.fromhex("00B0000000"))[:-2]
    assert content[2:7] == bytes((0xD1, 1, content[4])) + b"U\x04"
    return "https://" + content[7 : 2 + int.from_bytes(content[:2])].decode()


def require_ours(card: BlankNtag424, of: CardKeys) -> None:
    """The card signs its taps and answers challenges as a card of these keys does."""
    for counter in (card.counter + 1, card.counter + 2):
        link = parse_link(tap(card))
        told = read_tap(link, of.meta)
        require_genuine(link, told, of.file_key(UID))
        assert (told.uid, told.counter) == (UID, counter)
    challenge = answer_challenge(of.proof_key(UID), bytes(range(16)), card.answer(first_command(3)))
    require_proof(challenge, card.answer(challenge.command()))
    assert card.keys == [of.key(number, UID) for number in range(5)]
    assert set(card.versions) == {of.version}


def test_a_blank_card_is_written_and_signs_its_taps() -> None:
    card = BlankNtag424(UID)
    written = run(write_card([keys()], LINK), card)
    assert written == Written(UID.hex().upper(), 1, Outcome.WRITTEN)
    require_ours(card, keys())


def test_a_card_that_is_written_is_told_and_left_alone() -> None:
    card = BlankNtag424(UID)
    run(write_card([keys()], LINK), card)
    before = (list(card.keys), bytes(card.ndef.content))
    again = run(write_card([keys(2), keys()], LINK), card)
    assert (again.outcome, again.version) == (Outcome.ALREADY, 1)
    assert (card.keys, bytes(card.ndef.content)) == before


@pytest.mark.parametrize("commands", range(21))
def test_a_card_torn_away_anywhere_is_finished_the_next_time(commands: int) -> None:
    """With newer keys made meanwhile: it is finished with those it was begun with, or gets the newer ones."""
    card = BlankNtag424(UID)
    with pytest.raises(CardNotWritten):
        run(write_card([keys()], LINK), card, commands=commands)
    begun = max(card.versions)
    written = run(write_card([keys(2), keys()], LINK), card)
    assert written.version == (begun or 2)
    require_ours(card, keys(written.version))


def test_a_card_is_not_written_in_fewer_commands() -> None:
    """That the tears above are all there are."""
    assert run(write_card([keys()], LINK), BlankNtag424(UID), commands=21).outcome is Outcome.WRITTEN


def test_a_card_of_other_keys_is_refused_and_stays_as_it_is() -> None:
    card = BlankNtag424(UID)
    run(write_card([keys(3)], LINK), card)
    with pytest.raises(CardNotBlank):
        run(write_card([keys(2), keys()], LINK), card)
    locked = BlankNtag424(UID, keys=[bytes(range(16))] * 5)
    with pytest.raises(CardNotBlank, match="key 0"):
        run(write_card([keys()], LINK), locked)
    lying = BlankNtag424(UID, versions=[1] * 5)
    with pytest.raises(CardNotBlank):
        run(write_card([keys()], LINK), lying)
    assert lying.keys == [bytes(16)] * 5


def test_a_card_prepared_for_another_link_is_refused() -> None:
    card = BlankNtag424(UID)
    with pytest.raises(CardNotWritten):
        run(write_card([keys()], card_link("https://elsewhere.example/x")), card, commands=13)
    with pytest.raises(CardNotBlank, match="another link"):
        run(write_card([keys()], LINK), card)


@pytest.mark.parametrize("size", [0, 1, 40])
def test_what_is_no_such_chip_is_refused(size: int) -> None:
    class Other(BlankNtag424):
        def answer(self, apdu: bytes) -> bytes:
            return bytes(size) + b"\x90\x00"

    with pytest.raises(CardNotBlank):
        run(write_card([keys()], LINK), Other(UID))


def test_nxps_example_of_changing_a_key() -> None:
    """AN12196 rev. 2.0 par. 5.16.1, table 25."""
    new = bytes.fromhex("F3847D627727ED3BC9C4CC050489B966")
    session = Session(
        bytes.fromhex("7614281A"),
        enc_key=bytes.fromhex("4CF3CB41A22583A61E89B158D252FC53"),
        mac_key=bytes.fromhex("5529860B2FC5FB6154B7F28361D30BF9"),
    )
    apdu = change_key(session, 2, key_no=2, new=new, old=bytes(16), version=1, is_own=False)
    assert key_checksum(new) == bytes.fromhex("789DFADC")
    assert apdu[:6] == bytes.fromhex("90C400002902")
    assert apdu[-9:] == bytes.fromhex("5D0CE20BCD1D06E6") + b"\x00"


@pytest.mark.parametrize(
    "url", ["http://loy.example/t", "https://", "https://x", "https://a.b/" + "x" * 300, "https://a.b/?q"]
)
def test_links_that_cards_cannot_carry_are_refused(url: str) -> None:
    with pytest.raises(LinkTooLong):
        card_link(url)


def test_the_settings_are_those_of_the_layout() -> None:
    assert LINK.settings().hex().upper() == "4000E0C1FF121700003A00003A0000"


class Strange(BlankNtag424):
    """Answers the first commands as a blank card does, then whatever it was given."""

    def __init__(self, good: int, said: list[bytes]) -> None:
        super().__init__(UID)
        self.good, self.said = good, said

    def answer(self, apdu: bytes) -> bytes:
        if self.good > 0:
            self.good -= 1
            return super().answer(apdu)
        return self.said.pop(0) if self.said else b"\x6f\x00"


@given(
    st.integers(min_value=0, max_value=20),
    st.lists(
        st.binary(max_size=60).flatmap(
            lambda data: st.sampled_from([data, data + b"\x90\x00", data + b"\x91\x00", data + b"\x91\xaf"])
        ),
        max_size=25,
    ),
)
def test_no_answer_of_a_card_does_more_than_refuse_it(good: int, said: list[bytes]) -> None:
    """Truncated, oversized, nonsense: an expected error, and never a card that is told as written."""
    with pytest.raises((CardNotBlank, CardNotWritten, CardProofFailed)):
        run(write_card([keys()], LINK), Strange(good, said))
