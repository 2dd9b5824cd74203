"""AuthenticateEV2First of NTAG 424 DNA and DESFire: a fresh challenge that no message read before answers.

Central holds the key and makes the challenge; the terminal carries three APDUs each way and learns nothing.
Source: NXP NT4H2421Gx data sheet rev. 3.0 par. 9.1.5 to 9.1.9, AN12196 rev. 2.0 par. 6.6.
"""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Final

from central.chips.aes import BLOCK_BYTES, ZERO_IV, cmac, decrypt, encrypt, truncated_cmac
from loyalty.errors import LoyaltyError, Trouble

ANSWER_BYTES: Final = 2 * BLOCK_BYTES
_ADDITIONAL_FRAME: Final = bytes.fromhex("91AF")
_DONE: Final = bytes.fromhex("9100")
_SESSION_ENC: Final = bytes.fromhex("A55A00010080")
_SESSION_MAC: Final = bytes.fromhex("5AA500010080")
_COMMAND_IV: Final = bytes.fromhex("A55A")


class CardProofFailed(LoyaltyError):
    """The card did not answer the challenge as the card it claims to be would."""

    code = "card_proof_failed"
    trouble = Trouble.REFUSED
    text = "The card did not prove itself. Leave it on the reader until the screen says so, and try again."


@dataclass(frozen=True, slots=True)
class Session:
    """What both sides know after a proof. `transaction_id`: TI, 4 bytes; keys of 16 bytes."""

    transaction_id: bytes
    enc_key: bytes
    mac_key: bytes


@dataclass(frozen=True, slots=True)
class Challenge:
    """Our half of a proof; `key` and both random numbers (16 bytes each) are secret until it ends."""

    key: bytes
    random_a: bytes
    random_b: bytes

    def command(self) -> bytes:
        """The APDU that carries our answer and our own challenge."""
        body = encrypt(self.key, self.random_a + _rotated(self.random_b))
        return b"\x90\xaf\x00\x00\x20" + body + b"\x00"


def first_command(key_no: int) -> bytes:
    """The APDU that asks the card for its challenge. `key_no`: 0 to 4."""
    return b"\x90\x71\x00\x00\x05" + bytes((key_no, 3, 0, 0, 0)) + b"\x00"


def answer_challenge(key: bytes, random_a: bytes, card_answer: bytes) -> Challenge:
    """Take the card's challenge (16 encrypted bytes and 91AF).

    Raises: CardProofFailed.
    """
    if len(card_answer) != BLOCK_BYTES + 2 or card_answer[BLOCK_BYTES:] != _ADDITIONAL_FRAME:
        raise CardProofFailed
    return Challenge(key, random_a, decrypt(key, card_answer[:BLOCK_BYTES]))


def require_proof(challenge: Challenge, card_answer: bytes) -> Session:
    """Take the card's last answer (32 encrypted bytes and 9100).

    Raises: CardProofFailed.
    """
    if len(card_answer) != ANSWER_BYTES + 2 or card_answer[ANSWER_BYTES:] != _DONE:
        raise CardProofFailed
    plain = decrypt(challenge.key, card_answer[:ANSWER_BYTES])
    transaction_id, echo = plain[:4], plain[4 : 4 + BLOCK_BYTES]
    if not compare_digest(echo, _rotated(challenge.random_a)):
        raise CardProofFailed
    return _session(challenge, transaction_id)


def _session(challenge: Challenge, transaction_id: bytes) -> Session:
    a, b = challenge.random_a, challenge.random_b
    mixed = bytes(x ^ y for x, y in zip(a[2:8], b[:6], strict=True))
    seed = a[:2] + mixed + b[6:] + a[8:]
    return Session(
        transaction_id,
        enc_key=cmac(challenge.key, _SESSION_ENC + seed),
        mac_key=cmac(challenge.key, _SESSION_MAC + seed),
    )


def seal_command(session: Session, *, command: int, counter: int, header: bytes, plain: bytes) -> bytes:
    """Encrypt and sign the data of a command in full mode: what follows `header` in its APDU.

    `counter`: how many commands the session has had. Source: data sheet par. 9.1.10.
    """
    number = counter.to_bytes(2, "little")
    padded = plain + b"\x80"
    padded = padded.ljust(-(-len(padded) // BLOCK_BYTES) * BLOCK_BYTES, b"\x00")
    sealed = encrypt(session.enc_key, padded, command_iv(session, counter)) if plain else b""
    signed = bytes((command,)) + number + session.transaction_id + header + sealed
    return sealed + truncated_cmac(session.mac_key, signed)


def command_iv(session: Session, counter: int) -> bytes:
    """The IV of a command's data."""
    seed = _COMMAND_IV + session.transaction_id + counter.to_bytes(2, "little")
    return encrypt(session.enc_key, seed.ljust(BLOCK_BYTES, b"\x00"), ZERO_IV)


def response_mac(session: Session, *, status: int, counter: int, data: bytes = b"") -> bytes:
    """The MAC of the card's answer to command number `counter` (counted before it)."""
    signed = bytes((status,)) + (counter + 1).to_bytes(2, "little") + session.transaction_id + data
    return truncated_cmac(session.mac_key, signed)


def _rotated(block: bytes) -> bytes:
    return block[1:] + block[:1]
