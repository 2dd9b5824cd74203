"""The mathematics of pairing a till: SPAKE2 with the code, a nonce that is committed to, a word to compare.

Both ends learn a key that is the same only if both knew the code; who guesses gets one guess for each attempt
and nothing to try further codes on. The check word is made of that key and of both nonces. The till's nonce
is hidden until the terminal's is told, so that somebody in between who does know the code can choose neither
word to be like the other. docs/adr/0021 says what is proved by what.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from loyalty.errors import LoyaltyError, Trouble
from wire.till_pairing import (
    BeginBody,
    BeginView,
    FinishBody,
    FinishView,
    PairedKeys,
    ProveBody,
    ProveView,
)

if TYPE_CHECKING:
    from spake2 import SPAKE2_A, SPAKE2_B

CODE_DIGITS: Final = 6
_NAME: Final = b"officine till pairing 1"
_TILL: Final = b"till"
_TERMINAL: Final = b"terminal"
_NONCE_BYTES: Final = 32
_CONSONANTS: Final = "DLMNRTV"
_VOWELS: Final = "AEIOU"
"""Syllables that all our languages read alike, and of which no name or rude word that we know can be made."""
_SYLLABLES: Final = tuple(f"{one}{other}" for one in _CONSONANTS for other in _VOWELS)
_WORD_SYLLABLES: Final = 4


class ProofWrong(LoyaltyError):
    """The other end does not know the code, or somebody changed what was said."""

    code = "till_proof_wrong"
    trouble = Trouble.FORBIDDEN
    text = "The code is wrong, or somebody between till and terminal changes what they say. Read it again."


class SomebodyBetween(LoyaltyError):
    """TLS showed another certificate than the terminal has."""

    code = "till_intercepted"
    trouble = Trouble.FORBIDDEN
    text = (
        "Somebody sits between till and terminal: the certificate that came is not the terminal's."
        " Connect both to the same switch, and pair again."
    )


def new_code() -> str:
    """Six figures of chance."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def shown_code(code: str) -> str:
    """A code as people read it."""
    half = CODE_DIGITS // 2
    return f"{code[:half]} {code[half:]}"


def plain_code(text: str) -> str | None:
    """A code from what a person typed; None where it cannot be one."""
    kept = "".join(text.split()).replace("-", "")
    return kept if len(kept) == CODE_DIGITS and kept.isascii() and kept.isdigit() else None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both ends know after `prove`: keys for each purpose, and the word to compare."""

    word: str
    _secret: bytes = field(repr=False)
    _transcript: bytes = field(repr=False)

    def proof_of(self, who: bytes, what: bytes) -> str:
        """Proves that one end said something of this pairing."""
        key = _derive(self._secret, self._transcript, b"proof " + who)
        return hmac.new(key, what + self._transcript, hashlib.sha256).hexdigest()

    def require(self, proof: str, who: bytes, what: bytes) -> None:
        """Raises: ProofWrong."""
        if not hmac.compare_digest(proof, self.proof_of(who, what)):
            raise ProofWrong

    def seal(self, keys: PairedKeys) -> str:
        """The keys, readable at the other end alone. Once: its nonce is fixed, as its key is used once."""
        plain = msgspec.json.encode(keys)
        return self._cipher().encrypt(bytes(12), plain, self._transcript).hex()

    def open(self, sealed: str) -> PairedKeys:
        """Raises: ProofWrong."""
        try:
            plain = self._cipher().decrypt(bytes(12), bytes.fromhex(sealed), self._transcript)
            return msgspec.json.decode(plain, type=PairedKeys)
        except (InvalidTag, ValueError):  # msgspec's errors are ValueErrors
            raise ProofWrong from None

    def _cipher(self) -> AESGCM:
        return AESGCM(_derive(self._secret, self._transcript, b"seal"))


class TillEnd:
    """The till's end of one attempt: `begin`, then `prove`, then `accept`."""

    def __init__(self, *, code: str, sale_id: str, software: str) -> None:
        self._nonce = secrets.token_bytes(_NONCE_BYTES)
        self._spake = _spake_of_till(code)
        self.body = BeginBody(
            attempt=secrets.token_hex(16),
            sale_id=sale_id,
            software=software,
            element=self._spake.start().hex(),
            commitment=_commitment(self._nonce),
        )
        self._agreed: Agreed | None = None

    def prove(self, view: BeginView, certificate: str) -> ProveBody:
        """The answer to the terminal's half. `certificate`: SHA-256 of what TLS showed, hex.

        Raises: ProofWrong.
        """
        secret = _finish(self._spake, view.element)
        said = ProveBody(
            attempt=self.body.attempt, nonce=self._nonce.hex(), certificate=certificate, proof="0" * 64
        )
        self._agreed = agreed = _agree(secret, self.body, view, said)
        return msgspec.structs.replace(said, proof=agreed.proof_of(_TILL, b"prove"))

    def accept(self, view: ProveView) -> PairedKeys:
        """The keys, once the terminal has proved that it knows the code. Raises: ProofWrong."""
        self.agreed.require(view.proof, _TERMINAL, b"prove " + view.sealed.encode())
        return self.agreed.open(view.sealed)

    def finish(self, *, is_same: bool) -> FinishBody:
        """What the person at the till says."""
        return FinishBody(
            attempt=self.body.attempt, is_same=is_same, proof=self.agreed.proof_of(_TILL, _said(is_same))
        )

    def require_paired(self, view: FinishView) -> None:
        """Raises: ProofWrong: that the pairing stands was said by somebody else."""
        self.agreed.require(view.proof, _TERMINAL, view.state.encode())

    @property
    def agreed(self) -> Agreed:
        """What both know; after `prove`."""
        assert self._agreed is not None, "prove() comes first"
        return self._agreed


class TerminalEnd:
    """The terminal's end of one attempt: `answer`, then `check`, then `prove`."""

    def __init__(self, *, code: str, poi_id: str, body: BeginBody) -> None:
        self.body = body
        self._spake = _spake_of_terminal(code)
        self.view = BeginView(
            attempt=body.attempt,
            poi_id=poi_id,
            element=self._spake.start().hex(),
            nonce=secrets.token_bytes(_NONCE_BYTES).hex(),
        )

    def check(self, said: ProveBody, certificate: str) -> Agreed:
        """What both know, if the till knew the code. `certificate`: SHA-256 of our own, hex. Once.

        Raises: ProofWrong, SomebodyBetween.
        """
        secret = _finish(self._spake, self.body.element)
        agreed = _agree(secret, self.body, self.view, said)
        agreed.require(said.proof, _TILL, b"prove")
        if not hmac.compare_digest(_commitment(bytes.fromhex(said.nonce)), self.body.commitment):
            raise ProofWrong
        if said.certificate != certificate:  # said by who knows the code: told apart from a wrong code
            raise SomebodyBetween
        return agreed

    def prove(self, agreed: Agreed, keys: PairedKeys) -> ProveView:
        """Our own proof, and the keys."""
        sealed = agreed.seal(keys)
        proof = agreed.proof_of(_TERMINAL, b"prove " + sealed.encode())
        return ProveView(attempt=self.body.attempt, proof=proof, sealed=sealed)

    def require_finish(self, agreed: Agreed, body: FinishBody) -> None:
        """Raises: ProofWrong."""
        agreed.require(body.proof, _TILL, _said(body.is_same))

    def finished(self, agreed: Agreed, state: str) -> FinishView:
        """How far it is, proved."""
        view = msgspec.convert({"attempt": self.body.attempt, "state": state, "proof": "0" * 64}, FinishView)
        return msgspec.structs.replace(view, proof=agreed.proof_of(_TERMINAL, state.encode()))


def _said(is_same: bool) -> bytes:
    return b"same" if is_same else b"differs"


def _agree(secret: bytes, begin: BeginBody, view: BeginView, said: ProveBody) -> Agreed:
    """Every word that was said goes into the transcript: what was changed underway is found out."""
    spoken = (begin, view, msgspec.structs.replace(said, proof="0" * 64))
    transcript = hashlib.sha256(_NAME)
    for each in spoken:
        line = msgspec.json.encode(each)
        transcript.update(len(line).to_bytes(4, "big") + line)
    digest = transcript.digest()
    return Agreed(_word(_derive(secret, digest, b"check word")), secret, digest)


def _word(material: bytes) -> str:
    """Four syllables, such as DALO-MIVE: 35 ** 4, one in 1.5 million."""
    number = int.from_bytes(material, "big")
    syllables = []
    for _ in range(_WORD_SYLLABLES):
        number, rest = divmod(number, len(_SYLLABLES))
        syllables.append(_SYLLABLES[rest])
    half = _WORD_SYLLABLES // 2
    return f"{''.join(syllables[:half])}-{''.join(syllables[half:])}"


def _derive(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, _NAME + b" " + purpose).derive(secret)


def _commitment(nonce: bytes) -> str:
    return hashlib.sha256(_NAME + b" nonce " + nonce).hexdigest()


def _spake_of_till(code: str) -> "SPAKE2_A":
    from spake2 import SPAKE2_A  # its curve is made of pure Python: nobody who pairs nothing waits for it

    return SPAKE2_A(code.encode("ascii"), idA=_NAME + _TILL, idB=_NAME + _TERMINAL)


def _spake_of_terminal(code: str) -> "SPAKE2_B":
    from spake2 import SPAKE2_B

    return SPAKE2_B(code.encode("ascii"), idA=_NAME + _TILL, idB=_NAME + _TERMINAL)


def _finish(spake: "SPAKE2_A | SPAKE2_B", element: str) -> bytes:
    """The key, or an error for elements that are none. Raises: ProofWrong."""
    from spake2 import SPAKEError
    from spake2.ed25519_basic import NotOnCurve

    try:
        key: bytes = spake.finish(bytes.fromhex(element))
    except (SPAKEError, NotOnCurve, ValueError):  # no point of the group, the wrong side, our own element
        raise ProofWrong from None
    return key
