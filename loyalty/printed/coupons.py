"""What paper says of a voucher beside its number: worth, who offers it, conditions."""

from dataclasses import dataclass
from datetime import date

from loyalty.printed import words as said
from loyalty.printed.days import printed_day
from loyalty.printed.rows import figured, wrapped, wrapped_words
from loyalty.printed.words import words_of
from loyalty.programme.articles import ArticleClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A voucher as paper names it; without a name it is "voucher". `worth` is written out, with currency."""

    name: str
    worth: str
    last_day: date
    offered_by: str = ""
    redeem_on: tuple[str, ...] = ()
    is_personal: bool = False


def heading(coupon: Coupon, language: str, columns: int) -> list[str]:
    """Its name, and at the edge what it is worth."""
    return figured(coupon.name or words_of(said.VOUCHER, language), coupon.worth, columns)


def conditions(coupon: Coupon, language: str, columns: int, *, country: str) -> list[str]:
    """Who offers it, until when and on what it is good; `country`: of the shop, for how a day is written."""
    rows: list[str] = []
    if coupon.offered_by:
        rows += wrapped(words_of(said.VOUCHER_OFFERED, language).format(name=coupon.offered_by), columns)
    day = printed_day(coupon.last_day, language, country)
    rows += wrapped(words_of(said.VOUCHER_UNTIL, language).format(day=day), columns)
    rows += wrapped_words(words_of(said.VOUCHER_ONCE, language), columns)
    if coupon.redeem_on:
        classes = [words_of(said.CLASSES[ArticleClass(each)], language) for each in coupon.redeem_on]
        joined = words_of(said.COMMA, language).join(classes)
        rows += wrapped(words_of(said.VOUCHER_ON, language).format(classes=joined), columns)
    if coupon.is_personal:
        rows += wrapped_words(words_of(said.VOUCHER_PERSONAL, language), columns)
    return rows


def points_of(points: int, language: str) -> str:
    """So many points, one of them in the singular; French counts none as one."""
    is_one = abs(points) == 1 or (not points and language == "fr")
    return words_of(said.ONE_POINT if is_one else said.POINTS, language).format(points=points)
