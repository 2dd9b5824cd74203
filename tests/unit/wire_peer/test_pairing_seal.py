"""Codes as people type them, and a token that only one key can open."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from wire.pairing import CODE_LETTERS, SealBroken, open_token, plain_code, seal_token, shown_code


@pytest.mark.parametrize("typed", ["K7QM3XWD", "k7qm-3xwd", " K7QM 3XWD\n", "k 7 q m 3 x w d"])
def test_a_code_is_taken_as_people_write_it(typed: str) -> None:
    assert plain_code(typed) == "K7QM3XWD"
    assert shown_code("K7QM3XWD") == "K7QM-3XWD"


@pytest.mark.parametrize(
    "typed", ["", "K7QM3XW", "K7QM3XWDD", "K7QM3XW0", "K7QM3XWO", "K7QM3XW1", "K7QM3XWÄ"]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert plain_code(typed) is None


def test_no_letter_of_a_code_is_taken_for_another() -> None:
    assert len(CODE_LETTERS) == len(set(CODE_LETTERS)) == 32
    assert not set("O0I1") & set(CODE_LETTERS)


def test_only_the_key_of_the_request_opens_the_token() -> None:
    mine, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    sealed = seal_token("ofc_secret", mine.public_key().public_bytes_raw(), "pair-1")
    assert b"ofc_secret" not in sealed
    assert open_token(sealed, mine.private_bytes_raw(), "pair-1") == "ofc_secret"
    spoilt = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for wrong in (
        (sealed, other.private_bytes_raw(), "pair-1"),
        (sealed, mine.private_bytes_raw(), "pair-2"),
        (spoilt, mine.private_bytes_raw(), "pair-1"),
        (b"", mine.private_bytes_raw(), "pair-1"),
    ):
        with pytest.raises(SealBroken):
            open_token(*wrong)
