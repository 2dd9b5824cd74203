"""What a terminal needs to work without central: the signed bundle of prices and rules, the signed hot-list.

Signatures are Ed25519 over a name of the document and its bytes as sent: one can never pass for the other.
"""

import base64
import hashlib
import zlib
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.offline import BUNDLE_BYTES_MAX
from loyalty.limits.rules import RULE_COUNT_MAX
from loyalty.pricing.basket import ArticleFacts
from loyalty.pricing.offline import Bundle, BundledArticle
from loyalty.programme.articles import ArticleClass
from loyalty.programme.numbers import plain_card_number, plain_gtin
from loyalty.programme.programme import parse_programme
from wire.api_base import Amount, Body, Id, Millis, View

BUNDLE: Final = b"officine bundle 1\0"
HOT_LIST: Final = b"officine hot-list 1\0"
MARK_BYTES: Final = 8
BundleId = Annotated[str, Meta(max_length=64, pattern=r"^[0-9]+-[0-9a-f]{16}(?!\n)$")]


class OfflineDocumentRefused(LoyaltyError):
    """A bundle or hot-list that is not central's, or older than what is here."""

    code = "offline_document_refused"
    trouble = Trouble.REFUSED
    text = "The {what} from central was refused: {why}. What was here before stays in use."


class OfflineKeysView(View, frozen=True):
    """Central's public keys for this group: what signs for terminals (base64), what seals to central (hex).

    `salt`: what marks of cards in the hot-list are made with.
    """

    signing_key: str
    sealing_key: str
    salt: str


class BundleHead(View, frozen=True):
    """What is signed of a bundle. `as_of_ms`: when central said that it is the newest."""

    group_id: str
    shop_id: str
    time_zone: str
    number: int
    bundle_id: str
    content_hash: str
    made_ms: int
    as_of_ms: int


class BundleView(View, frozen=True):
    """`head`: a BundleHead as the JSON text that was signed. `content` is empty where the caller has it."""

    head: str
    signature: str
    content: str = ""
    """The content, deflated, in base64."""


class BundledRow(msgspec.Struct, frozen=True, array_like=True):
    """An article: no name, for a terminal prices and shows none."""

    article_id: str
    article_class: str
    codes: list[str]
    brand: str
    range: str
    price_minor: int | None
    tax_rate_bp: int | None


class BundleContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a terminal of any shop of a country prices with.

    `programme`: the document without the rules that cannot run offline.
    """

    pricing: int
    pack_version: int
    country: str
    currency: str
    ruleset_version: int
    programme: msgspec.Raw
    rule_names: dict[str, dict[str, str]]
    articles: list[BundledRow]


class HotEntry(msgspec.Struct, frozen=True, array_like=True):
    """A card by its mark, and whether it is blocked now."""

    mark: str
    is_hot: bool


class HotDelta(View, frozen=True):
    """What changed from one number of the list to another, both in order; `from_seq` 0: all of it."""

    group_id: str
    from_seq: int
    to_seq: int
    is_last: bool
    as_of_ms: int
    entries: list[HotEntry]


class HotListView(View, frozen=True):
    """`delta`: a HotDelta as the JSON text that was signed."""

    delta: str
    signature: str


class ToldBody(Body, frozen=True):
    """What a terminal told the customer of a ticket while central was away, and from which bundle."""

    bundle_id: BundleId
    total_minor: Amount
    points: Annotated[int, Meta(ge=0, le=RULE_COUNT_MAX)]
    before_payment: bool = False
    """Whether the till asked for the price first, and the customer paid it."""


class LateTicketView(View, frozen=True):
    """A ticket that was priced offline. `told_*`: as the terminal told; `bundle_*`: as its bundle says.

    `total_minor` and `points` are what was booked; `member_total_minor` what the same basket would have cost
    with all that central knows: lower where a member's own price could not be known in the shop.
    """

    sale_id: Id
    shop_id: Id
    bundle_id: str
    recorded_ms: Millis
    occurred_ms: Millis
    told_total_minor: int
    told_points: int
    bundle_total_minor: int | None
    bundle_points: int | None
    total_minor: int
    points: int
    member_total_minor: int | None
    differs: bool


class LateTicketListView(View, frozen=True):
    """Newest first; `next` continues."""

    tickets: list[LateTicketView]
    next: str | None = None


def check(signing_key: str, what: bytes, text: str, signature: str) -> None:
    """Raises: OfflineDocumentRefused: not signed by the holder of that key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signing_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), what + text.encode())
    except (InvalidSignature, ValueError) as error:
        raise _refused(what, "its signature is not central's") from error


def pack(content: BundleContent) -> tuple[bytes, str]:
    """A content as it is kept and sent, and its hash."""
    plain = msgspec.json.encode(content)
    return zlib.compress(plain, level=6), hashlib.sha256(plain).hexdigest()


def unpack(packed: bytes, content_hash: str) -> BundleContent:
    """Open it again. Raises: OfflineDocumentRefused: another content, or larger than any bundle."""
    opener = zlib.decompressobj()
    try:
        plain = opener.decompress(packed, BUNDLE_BYTES_MAX)
    except zlib.error as error:
        raise _refused(BUNDLE, "it is damaged") from error
    if not opener.eof or hashlib.sha256(plain).hexdigest() != content_hash:
        raise _refused(BUNDLE, "its content is not the one that was signed")
    try:
        return msgspec.json.decode(plain, type=BundleContent)
    except msgspec.DecodeError as error:
        raise _refused(BUNDLE, "this release cannot read it") from error


def as_text(packed: bytes) -> str:
    """A packed content in JSON."""
    return base64.b64encode(packed).decode("ascii")


def from_text(text: str) -> bytes:
    """Raises: OfflineDocumentRefused."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise _refused(BUNDLE, "it is damaged") from error


def open_bundle(head: BundleHead, content: BundleContent) -> Bundle:
    """The bundle, its rules compiled; takes as long as the programme is large. Raises: ProgrammeInvalid."""
    programme = parse_programme(
        msgspec.json.decode(content.programme), ruleset_version=content.ruleset_version
    )
    articles: dict[str, BundledArticle] = {}
    for row in content.articles:
        facts = ArticleFacts(
            article_id=row.article_id,
            article_class=ArticleClass(row.article_class),
            brand=row.brand,
            range=row.range,
            price_minor=row.price_minor,
        )
        for code in row.codes:
            articles[plain_gtin(code)] = BundledArticle(facts, row.tax_rate_bp)
    return Bundle(
        bundle_id=head.bundle_id,
        number=head.number,
        made_ms=head.made_ms,
        shop_id=head.shop_id,
        country=content.country,
        time_zone=head.time_zone,
        currency=content.currency,
        pack_version=content.pack_version,
        pricing=content.pricing,
        programme=programme,
        articles=articles,
    )


def card_mark(salt: str, evidence: str) -> str:
    """A card's mark: by its number in whichever length, or by what its chip calls itself."""
    plain = plain_gtin(plain_card_number(evidence)).upper()
    return hashlib.sha256(f"officine card {salt} {plain}".encode()).digest()[:MARK_BYTES].hex()


def _refused(what: bytes, why: str) -> OfflineDocumentRefused:
    return OfflineDocumentRefused(what="bundle" if what == BUNDLE else "hot-list", why=why)
