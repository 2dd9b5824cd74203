"""Pairing a till: both know the code or neither learns anything; somebody in between is seen."""

import hashlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.till_handshake import (
    Agreed,
    ProofWrong,
    SomebodyBetween,
    TerminalEnd,
    TillEnd,
    new_code,
    plain_code,
    shown_code,
)
from wire.till_pairing import BeginBody, BeginView, FinishBody, FinishView, PairedKeys, ProveBody, ProveView

CERTIFICATE = hashlib.sha256(b"the terminal's").hexdigest()
KEYS = PairedKeys(
    identifier="TILL-1",
    version=1,
    passphrase="p" * 32,
    poi_id="P-1",
    certificate="pem",
    addresses=("192.0.2.1",),
    port=8443,
)


def a_till(code: str = "482915") -> TillEnd:
    return TillEnd(code=code, sale_id="TILL-1", software="test")


def a_terminal(till: TillEnd, code: str = "482915") -> TerminalEnd:
    return TerminalEnd(code=code, poi_id="P-1", body=till.body)


def agree(till: TillEnd, terminal: TerminalEnd) -> Agreed:
    return terminal.check(till.prove(terminal.view, CERTIFICATE), CERTIFICATE)


def test_both_who_know_the_code_share_keys_and_a_word() -> None:
    till = a_till()
    terminal = a_terminal(till)
    agreed = agree(till, terminal)
    assert till.accept(terminal.prove(agreed, KEYS)) == KEYS
    assert agreed.word == till.agreed.word
    assert len(agreed.word) == 9
    terminal.require_finish(agreed, till.finish(is_same=True))
    till.require_paired(terminal.finished(agreed, "paired"))
    with pytest.raises(ProofWrong):
        till.require_paired(msgspec.structs.replace(terminal.finished(agreed, "waiting"), state="paired"))
    with pytest.raises(ProofWrong):
        terminal.require_finish(agreed, msgspec.structs.replace(till.finish(is_same=False), is_same=True))


def test_every_pairing_has_another_word() -> None:
    words = set()
    for _ in range(30):
        till = a_till()
        words.add(agree(till, a_terminal(till)).word)
    assert len(words) == 30


def test_a_wrong_code_is_found_out_by_the_terminal_and_by_the_till() -> None:
    till = a_till("482916")
    with pytest.raises(ProofWrong):
        agree(till, a_terminal(till))
    till = a_till()
    liar = a_terminal(till, "482916")  # plays the terminal and guessed the code
    till.prove(liar.view, CERTIFICATE)
    other = a_till("482916")
    answer = a_terminal(other, "482916")
    forged = answer.prove(agree(other, answer), KEYS)
    with pytest.raises(ProofWrong):
        till.accept(forged)


def test_a_relay_that_shows_a_certificate_of_its_own_is_named() -> None:
    till = a_till()
    terminal = a_terminal(till)
    with pytest.raises(SomebodyBetween):
        terminal.check(till.prove(terminal.view, "00" * 32), CERTIFICATE)


def test_who_knows_the_code_and_sits_in_between_cannot_make_the_words_alike() -> None:
    """Two honest pairings with the one in between: as each end has a nonce of its own, the words differ."""
    till = a_till()
    towards_till = a_terminal(till)
    agree(till, towards_till)
    towards_terminal = a_till()
    agreed = agree(towards_terminal, a_terminal(towards_terminal))
    assert till.agreed.word != agreed.word


def test_a_nonce_that_was_not_committed_to_is_refused() -> None:
    """Else the one in between could look for a nonce that makes the word what it should be."""
    till = a_till()
    terminal = a_terminal(till)
    till._nonce = b"\1" * 32
    with pytest.raises(ProofWrong):
        terminal.check(till.prove(terminal.view, CERTIFICATE), CERTIFICATE)


@pytest.mark.parametrize("field", ["poi_id", "nonce", "attempt"])
def test_an_answer_that_was_changed_underway_proves_nothing(field: str) -> None:
    till = a_till()
    terminal = a_terminal(till)
    changed = {"poi_id": "P-2", "nonce": "ab" * 32, "attempt": "cd" * 16}
    view = msgspec.structs.replace(terminal.view, **{field: changed[field]})
    with pytest.raises(ProofWrong):
        terminal.check(till.prove(view, CERTIFICATE), CERTIFICATE)


def test_a_question_that_was_changed_underway_proves_nothing() -> None:
    till = a_till()
    body = msgspec.structs.replace(till.body, sale_id="TILL-9")
    terminal = TerminalEnd(code="482915", poi_id="P-1", body=body)
    with pytest.raises(ProofWrong):
        terminal.check(till.prove(terminal.view, CERTIFICATE), CERTIFICATE)


@given(element=st.binary(min_size=33, max_size=33))
def test_no_element_breaks_the_terminal(element: bytes) -> None:
    till = a_till()
    body = msgspec.structs.replace(till.body, element=element.hex())
    terminal = TerminalEnd(code="482915", poi_id="P-1", body=body)
    said = ProveBody(attempt=body.attempt, nonce="00" * 32, certificate=CERTIFICATE, proof="00" * 32)
    with pytest.raises(ProofWrong):
        terminal.check(said, CERTIFICATE)


@given(element=st.binary(min_size=33, max_size=33))
def test_no_element_breaks_the_till(element: bytes) -> None:
    till = a_till()
    view = BeginView(attempt=till.body.attempt, poi_id="P-1", element=element.hex(), nonce="00" * 32)
    try:
        till.prove(view, CERTIFICATE)
    except ProofWrong:
        return
    with pytest.raises(ProofWrong):
        till.accept(ProveView(attempt=till.body.attempt, proof="00" * 32, sealed="00" * 64))


@given(at=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_keys_that_were_changed_underway_are_not_opened(at: int, bit: int) -> None:
    till = a_till()
    terminal = a_terminal(till)
    view = terminal.prove(agree(till, terminal), KEYS)
    sealed = bytearray.fromhex(view.sealed)
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(ProofWrong):
        till.accept(msgspec.structs.replace(view, sealed=sealed.hex()))


MESSAGES: tuple[Any, ...] = (BeginBody, BeginView, ProveBody, ProveView, PairedKeys, FinishBody, FinishView)


@given(data=st.binary(max_size=4_000), kind=st.sampled_from(MESSAGES))
def test_no_bytes_break_the_reading_of_a_message(data: bytes, kind: Any) -> None:
    try:
        msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return


@given(text=st.text(max_size=20))
def test_a_code_is_six_figures_however_it_is_written(text: str) -> None:
    plain = plain_code(text)
    assert plain is None or (len(plain) == 6 and plain.isdigit() and plain.isascii())


def test_a_code_is_read_as_it_is_shown() -> None:
    code = new_code()
    assert plain_code(shown_code(code)) == plain_code(f"{code[:3]}-{code[3:]}") == code
