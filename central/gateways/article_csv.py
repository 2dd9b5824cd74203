"""Articles from any delimited file with a header: columns and classes by rules (see `class_rules.toml`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from stdnum import ean

from central.gateways.class_rules import ClassRules
from central.gateways.files import shorten, squeeze
from central.gateways.prices import Decimal, PriceUnclear, parse_price, parse_tax_rate
from central.gateways.rows import Parsed, Record
from central.gateways.tables import Table, find_column, read_table
from loyalty.limits.texts import NAME_CHARS_MAX
from loyalty.money import scale_of
from wire.api_base import Id
from wire.api_catalogue import ArticleBody

SOURCE: Final = "csv"
_EAN_DIGITS: Final = 13
_SPOILED: Final = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.ASCII | re.IGNORECASE)
_NOT_IN_IDS: Final = re.compile(r"[^A-Za-z0-9._\-]", re.ASCII)
_CODES_APART: Final = re.compile(r"[|\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvOptions:
    """How to read a file; None and `auto` mean: find out."""

    separator: str | None = None
    encoding: str | None = None
    decimal: Decimal = "auto"


class _RowRefused(Exception):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def read(path: Path, rules: ClassRules, currency: str, options: CsvOptions) -> Parsed[ArticleBody]:
    """Read articles; prices are in `currency`, the group's.

    Raises: FileUnreadable, FileBroken: not text, or the columns for code and name are missing.
    """
    names = rules.columns
    table = read_table(
        path,
        needed={"code": names.code, "name": names.name},
        separator=options.separator,
        encoding=options.encoding,
    )
    parsed: Parsed[ArticleBody] = Parsed(facts=table.facts)
    reader = _ArticleReader(parsed, table, rules, currency, options.decimal)
    for row in table.rows():
        parsed.rows += 1
        try:
            if row.trouble:
                raise _RowRefused("row_unreadable", row.trouble)
            reader.take(row.line, row.cells)
        except _RowRefused as refused:
            parsed.refuse(row.line, refused.code, str(refused))
    return parsed


def id_of_code(code: str) -> str:
    """An article id made of a code: what ids may not hold becomes its code point, `:20:` for a space."""
    return "code:" + _NOT_IN_IDS.sub(lambda match: f":{ord(match[0]):x}:", code)


class _ArticleReader:
    """Rows of one file, one by one: remembers which codes it has seen."""

    def __init__(
        self, parsed: Parsed[ArticleBody], table: Table, rules: ClassRules, currency: str, decimal: Decimal
    ) -> None:
        self._parsed = parsed
        self._rules = rules
        self._currency = currency
        self._decimal = decimal
        by_field = msgspec.structs.asdict(rules.columns)
        self._columns = {field: find_column(table.columns, names) for field, names in by_field.items()}
        self._code_lines: dict[str, int] = {}
        self._id_lines: dict[str, int] = {}
        missing = sorted(rules.columns_read() - set(table.columns))
        if missing:
            parsed.facts["columns the class rules miss"] = ", ".join(missing)

    def take(self, line: int, cells: Mapping[str, str]) -> None:
        """Add a row's article. Raises: _RowRefused."""
        codes = self._codes(cells)
        article_id = self._cell(cells, "article_id") or id_of_code(codes[0])
        if article_id in self._id_lines:
            detail = f"Article {article_id} already stood on line {self._id_lines[article_id]}."
            raise _RowRefused("article_twice", detail)
        name = squeeze(self._cell(cells, "name"))
        if not name:
            raise _RowRefused("name_missing", "The article has no name.")
        price = self._price(cells)
        article_class = self._rules.classify(cells)
        fields = {
            "name": shorten(name, NAME_CHARS_MAX),
            "article_class": article_class or self._rules.default,
            "codes": codes,
            "brand": squeeze(self._cell(cells, "brand")),
            "range": squeeze(self._cell(cells, "range")),
            "price_minor": price,
            "source": SOURCE,
            "tax_rate_bp": self._tax_rate(cells),
        }
        if self._columns["atc"] is not None:  # a file without the column says nothing of it
            fields["atc"] = squeeze(self._cell(cells, "atc")).upper()
        try:
            msgspec.convert(article_id, Id)
            body = msgspec.convert(fields, ArticleBody)
        except msgspec.ValidationError as error:
            raise _RowRefused("row_invalid", f"{error}.") from error
        self._id_lines[article_id] = line
        self._code_lines.update(dict.fromkeys(codes, line))
        self._warn(line, codes, name, is_classed=article_class is not None)
        self._parsed.records.append(Record(line, article_id, body))

    def _cell(self, cells: Mapping[str, str], field: str) -> str:
        column = self._columns[field]
        return cells[column] if column else ""

    def _codes(self, cells: Mapping[str, str]) -> list[str]:
        first = self._cell(cells, "code")
        others = [code for code in _CODES_APART.split(self._cell(cells, "other_codes")) if code]
        codes = list(dict.fromkeys([first, *others]))
        if not first:
            raise _RowRefused("code_missing", "The article has no code.")
        for code in codes:
            if _SPOILED.fullmatch(code):
                detail = f"“{code}” was rounded by a spreadsheet. Export the column as text."
                raise _RowRefused("code_spoiled", detail)
            if code in self._code_lines:
                detail = f"The code {code} already stood on line {self._code_lines[code]}."
                raise _RowRefused("code_twice", detail)
        return codes

    def _price(self, cells: Mapping[str, str]) -> int | None:
        currency = self._cell(cells, "currency").upper()
        if currency not in ("", self._currency):
            detail = f"The price is in {currency}, this group's currency is {self._currency}."
            raise _RowRefused("currency_differs", detail)
        try:
            return parse_price(self._cell(cells, "price"), scale_of(self._currency), self._decimal)
        except PriceUnclear as unclear:
            raise _RowRefused("price_invalid", f"{unclear}.") from unclear

    def _tax_rate(self, cells: Mapping[str, str]) -> int | None:
        try:
            return parse_tax_rate(self._cell(cells, "tax_rate"))
        except PriceUnclear as unclear:
            raise _RowRefused("tax_rate_invalid", f"{unclear}.") from unclear

    def _warn(self, line: int, codes: list[str], name: str, *, is_classed: bool) -> None:
        for code in codes:
            if len(code) == _EAN_DIGITS and code.isascii() and code.isdigit() and not ean.is_valid(code):
                self._parsed.warn(
                    line,
                    "check_digit_wrong",
                    f"The check digit of {code} is wrong; a scanner will refuse it.",
                )
        if not is_classed:
            detail = f"No rule gives {codes[0]} a class; it is taken as {self._rules.default}."
            self._parsed.warn(line, "class_unknown", detail)
        if len(name) > NAME_CHARS_MAX:
            detail = f"The name has {len(name)} characters and was cut to {NAME_CHARS_MAX}."
            self._parsed.warn(line, "name_shortened", detail)
