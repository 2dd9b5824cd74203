"""From what a scanner sends to evidence: a number, a link or text; never whether it is a card's.

The rule, in this order:
1. symbology identifier first (AIM: `]E0` EAN, `]C1` GS1-128, `]d2` GS1 DataMatrix, `]Q3` GS1 QR ...);
2. 8, 12, 13 or 14 digits are a GTIN, the check digit must be right (before GS1: `2123456012345` has a wrong
   check digit and would pass as a serial number, AI 21); 8 digits that are right as UPC-E only become its
   UPC-A; it is handed on in the one form in which GTINs are compared (loyalty/programme/numbers.py): whether
   a scanner sends a UPC-A in 12 digits or in 13 is its setting, not the card's;
3. a GS1 message or Digital Link by `biip`: its GSRN (AI 8018, 8017: the number GS1 gives to members), else
   its GTIN;
4. other digits are a number as it stands;
5. what begins as the code of a card in a phone does is `phone`; anything else printable is `qr`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from biip import ParseConfig, ParseError, parse
from biip.checksums import gs1_standard_check_digit
from biip.upc import Upc

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import CARD_NUMBER_DIGITS_MAX, CARD_NUMBER_DIGITS_MIN, EVIDENCE_CHARS_MAX
from loyalty.limits.readers import SCAN_CHARS_MAX
from loyalty.programme.numbers import GTIN_DIGITS, is_gtin, plain_gtin
from loyalty.programme.phone_card import is_phone_code
from wire.messages import Evidence

if TYPE_CHECKING:
    from biip import ParseResult

    from reader_daemon.readers.worker import Worker

_GROUP_SEPARATOR: Final = "\x1d"
_MEMBER_NUMBERS: Final = ("8018", "8017")
"""GS1 General Specifications par. 3.9.11, 3.9.12: Global Service Relation Number, recipient and provider."""
_GS1_SYMBOLOGIES: Final = ("]C1", "]d2", "]Q3", "]e0", "]e1", "]e2", "]J1")
_EAN_8: Final = "]E4"
_UPC_E_DIGITS: Final = 8
_GTIN_SYMBOLOGIES: Final = ("]E0", _EAN_8, "]I1")
_CONFIG: Final = ParseConfig(
    rcn_region=None, rcn_verify_variable_measure=False, gs1_element_strings_verify_date=False
)
"""Only the number counts: a date that no calendar has, as on some packs, does not hide it."""


class CodeRefused(LoyaltyError):
    """A scanned code is damaged, or holds no number; the code itself is in no text."""

    code = "code_unreadable"
    trouble = Trouble.INVALID
    text = "This code cannot be used ({reason}): scan it again, or another one."


def read_code(text: str) -> Evidence:
    """The evidence in one scanned code, symbology identifier included where the scanner sends it.

    Raises: CodeRefused.
    """
    if len(text) > SCAN_CHARS_MAX:
        raise CodeRefused(reason=f"longer than {SCAN_CHARS_MAX} characters")
    symbology = text[:3] if text.startswith("]") and len(text) >= 3 else ""
    content = text[len(symbology) :]
    if not content:
        raise CodeRefused(reason="it is empty")
    is_number = content.isascii() and content.isdigit()
    if is_number and (symbology in _GTIN_SYMBOLOGIES or (not symbology and len(content) in GTIN_DIGITS)):
        return Evidence(medium="barcode", value=_checked(content, may_be_upc_e=symbology != _EAN_8))
    if _may_be_gs1(symbology, content):
        number = _find_gs1_number(symbology, content)
        if number is not None:
            return Evidence(medium="barcode", value=number)
        if symbology in _GS1_SYMBOLOGIES or _GROUP_SEPARATOR in content:
            raise CodeRefused(reason="a GS1 code without a number of an article or a member")
    if is_number:
        if not CARD_NUMBER_DIGITS_MIN <= len(content) <= CARD_NUMBER_DIGITS_MAX:
            raise CodeRefused(reason=f"not {CARD_NUMBER_DIGITS_MIN} to {CARD_NUMBER_DIGITS_MAX} digits")
        return Evidence(medium="barcode", value=content)
    if len(content) > EVIDENCE_CHARS_MAX or not (content.isascii() and content.isprintable()):
        raise CodeRefused(reason="signs that no card has")
    if is_phone_code(content):
        return Evidence(medium="phone", value=content)
    return Evidence(medium="qr", value=content)


def _checked(digits: str, *, may_be_upc_e: bool) -> str:
    """The plain form of a GTIN with the right check digit; of eight digits that are right as UPC-E only, its.

    Raises: CodeRefused.
    """
    if len(digits) not in GTIN_DIGITS:
        raise CodeRefused(reason=f"{len(digits)} digits where 8, 12, 13 or 14 belong")
    if is_gtin(digits):
        return plain_gtin(digits)
    upc_a = _find_upc_a(digits) if may_be_upc_e and len(digits) == _UPC_E_DIGITS else None
    if upc_a is None:
        raise CodeRefused(reason="its check digit is wrong")
    return plain_gtin(upc_a)


def _find_upc_a(digits: str) -> str | None:
    try:
        return Upc.parse(digits).as_upc_a()
    except ParseError:
        return None


def _may_be_gs1(symbology: str, content: str) -> bool:
    if symbology:
        return symbology in _GS1_SYMBOLOGIES
    # Without an identifier only what begins with a GTIN or a member's number: digits may as well be a card's.
    is_link = content.startswith(("https://", "http://"))
    return is_link or _GROUP_SEPARATOR in content or content.startswith(("01", *_MEMBER_NUMBERS))


def _find_gs1_number(symbology: str, content: str) -> str | None:
    try:
        parsed = parse(symbology + content, config=_CONFIG)
    except ParseError:
        return None
    member = _find_member_number(parsed)
    if member is not None:
        return _checked_member(member)
    if parsed.gs1_message is None and parsed.gs1_digital_link_uri is None:
        return None
    if parsed.gtin is None:
        return None
    return plain_gtin(parsed.gtin.value)


def _find_member_number(parsed: "ParseResult") -> str | None:
    for message in (parsed.gs1_message, parsed.gs1_digital_link_uri):
        if message is not None:
            for element in message.element_strings:
                if element.ai.ai in _MEMBER_NUMBERS:
                    return element.value
    return None


def _checked_member(number: str) -> str:
    if gs1_standard_check_digit(number[:-1]) != int(number[-1]):
        raise CodeRefused(reason="its check digit is wrong")
    return number


class LineOfCodes:
    """Cuts a stream into codes at line ends; what is too long is dropped to the next line end."""

    def __init__(self) -> None:
        self._rest = ""
        self._is_dropping = False

    def feed(self, text: str) -> Iterator[str]:
        """The codes that are complete now."""
        for char in text:
            if char in "\r\n":
                code, self._rest = self._rest, ""
                was_dropping, self._is_dropping = self._is_dropping, False
                if code and not was_dropping:
                    yield code
            elif len(self._rest) < SCAN_CHARS_MAX:
                self._rest += char
            else:
                self._is_dropping = True


def present_code(worker: "Worker", code: str) -> None:
    """Hand a scanned code on, or say why it cannot be."""
    try:
        evidence = read_code(code)
    except CodeRefused as error:
        worker.unread(error)
        return
    worker.presented(evidence)
