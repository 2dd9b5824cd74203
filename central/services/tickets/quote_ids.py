"""Signed quote ids: central keeps nothing of a quote, and yet nobody can change one."""

import hashlib
import hmac

import msgspec

from central.services.core.signed_words import SignedWords
from loyalty.errors import LoyaltyError, Trouble
from wire import api, api_sales


class QuoteInvalid(LoyaltyError):
    """The quote id was not made here, or for somebody else."""

    code = "quote_invalid"
    text = "This quote id is not one of ours. Ask for a new quote."


class QuoteMismatch(LoyaltyError):
    """The basket, the card or the shop is not the one that was quoted."""

    code = "quote_mismatch"
    trouble = Trouble.CONFLICT
    text = "The quote was for another basket, card or shop. Ask for a new quote of what is sold."


class QuoteExpired(LoyaltyError):
    """The quote is over."""

    code = "quote_expired"
    trouble = Trouble.CONFLICT
    text = "The quote has expired. Ask for a new one, or send the sale without it."


class QuotedTerms(msgspec.Struct, frozen=True, array_like=True):
    """What a quote id says: for whom, as of when, under which rules, what came out."""

    group_id: str
    shop_id: str
    as_of_ms: int
    expires_ms: int
    ruleset_version: int
    total_minor: int
    points: int
    digest: bytes
    extras: bytes = b""
    """Of promises, gifts and vouchers."""
    facts: bytes = b""
    """What the rules read of the member, under the member's key; none in a quote of an earlier release."""


class QuoteSigner:
    """Makes and opens quote ids. The digest is keyed too: a card number could be guessed from a plain one."""

    def __init__(self, key: bytes) -> None:
        self._digests = hmac.new(key, b"quoted\0", hashlib.sha256)
        self._words = SignedWords(key, "quote-id-1")

    def digest(self, basket: api_sales.BasketBody, holder: api.EvidenceBody | None, shop_id: str) -> bytes:
        """Keyed digest of what is quoted: basket, card and shop."""
        if holder is not None:
            holder = msgspec.structs.replace(holder, pin_proof="", proof_id=None)
        content = msgspec.json.encode([basket, holder, shop_id], order="deterministic")
        digest = self._digests.copy()  # the key is set up once (`prepared_key`)
        digest.update(content)
        return digest.digest()[:16]

    def require_match(
        self,
        quoted: QuotedTerms,
        basket: api_sales.BasketBody,
        *,
        holder: api.EvidenceBody | None,
        shop_id: str,
    ) -> None:
        """Refuse another basket, card or shop than was quoted. Raises: QuoteMismatch."""
        if quoted.digest != self.digest(basket, holder, shop_id) or quoted.shop_id != shop_id:
            raise QuoteMismatch

    def sign(self, terms: QuotedTerms) -> str:
        """The quote id."""
        return self._words.sign_bytes(msgspec.msgpack.encode(terms))

    def open(self, quote_id: str, *, group_id: str) -> QuotedTerms:
        """The terms of a quote of this group. Raises: QuoteInvalid."""
        payload = self._words.open_bytes(quote_id)
        if payload is None:
            raise QuoteInvalid
        try:
            terms = msgspec.msgpack.decode(payload, type=QuotedTerms)
        except (ValueError, msgspec.DecodeError) as error:
            raise QuoteInvalid from error
        if terms.group_id != group_id:
            raise QuoteInvalid
        return terms
