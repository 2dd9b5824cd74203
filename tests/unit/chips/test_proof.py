"""Central's side of a proof and a virtual card's, each written alone, understand each other."""

import secrets

import pytest

from central.chips import ev2first
from tools.cards.ntag424 import MORE, NO_KEY, WRONG_LENGTH, Ntag424

UID = bytes.fromhex("04DE5F1EACC040")
KEY = bytes(range(16))


def a_card() -> Ntag424:
    return Ntag424(UID, meta_key=bytes(16), mac_key=bytes(16), keys={3: KEY})


def prove(card: Ntag424, key: bytes) -> ev2first.Session:
    """The whole exchange, as the terminal carries it."""
    answer = card.answer(ev2first.first_command(3))
    challenge = ev2first.answer_challenge(key, secrets.token_bytes(16), answer)
    return ev2first.require_proof(challenge, card.answer(challenge.command()))


def test_the_card_proves_itself_and_each_proof_is_new() -> None:
    card = a_card()
    first, second = prove(card, KEY), prove(card, KEY)
    assert card.proofs == 2
    assert first.enc_key != second.enc_key
    assert first.mac_key != second.mac_key


def test_neither_side_takes_another_key() -> None:
    card = a_card()
    with pytest.raises(ev2first.CardProofFailed):
        prove(card, bytes(16))
    assert card.proofs == 0


def test_an_answer_recorded_before_proves_nothing() -> None:
    card = a_card()
    challenge = ev2first.answer_challenge(
        KEY, secrets.token_bytes(16), card.answer(ev2first.first_command(3))
    )
    recorded = card.answer(challenge.command())
    again = ev2first.answer_challenge(KEY, secrets.token_bytes(16), card.answer(ev2first.first_command(3)))
    with pytest.raises(ev2first.CardProofFailed):
        ev2first.require_proof(again, recorded)


def test_a_card_refuses_a_key_it_has_not_and_a_proof_out_of_turn() -> None:
    card = a_card()
    assert card.answer(ev2first.first_command(1)) == NO_KEY
    assert card.answer(b"\x90\xaf\x00\x00\x20" + bytes(32) + b"\x00") == WRONG_LENGTH
    assert card.answer(ev2first.first_command(3)).endswith(MORE)
    card.power_on()
    assert card.answer(b"\x90\xaf\x00\x00\x20" + bytes(32) + b"\x00") == WRONG_LENGTH
