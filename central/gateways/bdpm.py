"""The French public medicines database (BDPM): its raw files as published, joined to one row per pack.

CIS_bdpm: the medicines; CIS_CIP_bdpm: their packs with prices; CIS_CPD_bdpm: conditions of prescription and
dispensing; and, where it is there, CIS_MITM: the medicines of major therapeutic interest, the one file that
tells ATC codes. Tabs, no header. CIS_CIP is UTF-8, the others Windows-1252; prices write the comma also
between thousands (`1,466,29` is 1466.29). Source: base-donnees-publique.medicaments.gouv.fr, open data, free
reuse naming source and date.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from central.gateways.files import FileBroken, decode, read_bytes, shorten, squeeze
from central.gateways.rows import Parsed, Record
from loyalty.limits.texts import NAME_CHARS_MAX
from loyalty.money import parse_minor
from loyalty.programme.articles import ArticleClass
from wire.api_catalogue import ArticleBody, Atc

SOURCE: Final = "bdpm"
CURRENCY: Final = "EUR"
ATTRIBUTION: Final = "Base de données publique des médicaments, base-donnees-publique.medicaments.gouv.fr"

NOT_A_PRESCRIPTION: Final = frozenset({"à ne prendre que sur instructions des autorités compétentes"})
"""Conditions that do not make a medicine one on prescription (iodine tablets handed out by the state)."""

_CENTS: Final = 2
_PRICE: Final = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})*|[0-9]+),([0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Table:
    """One raw file: its name without ending, its encoding, its number of columns."""

    stem: str
    encoding: str
    columns: int


MEDICINES: Final = _Table("CIS_bdpm", "cp1252", 12)
PACKS: Final = _Table("CIS_CIP_bdpm", "utf-8", 13)
CONDITIONS: Final = _Table("CIS_CPD_bdpm", "cp1252", 2)
MAJOR: Final = _Table("CIS_MITM", "cp1252", 4)
"""May be missing: then nothing is said of ATC codes, and what stands stays."""


@dataclass(frozen=True, slots=True)
class _Medicine:
    """`atc`: None where no file tells it."""

    name: str
    holder: str
    atc: str | None


def read(directory: Path) -> Parsed[ArticleBody]:
    """Read the files of `directory` (names may start with `raw_` and end in `.gz`); CIS_MITM may be missing.

    Raises: FileUnreadable, FileBroken: a file is missing, or is not the file its name promises.
    """
    parsed: Parsed[ArticleBody] = Parsed()
    codes = _atc_codes(directory, parsed)
    medicines: dict[str, _Medicine] = {}
    for line, cells in _rows(directory, MEDICINES, parsed):
        cis = cells[0].strip()
        if cis in medicines:
            detail = f"The medicine {cis} stands twice; the first record is used."
            parsed.warn(line, "medicine_twice", detail, file=MEDICINES.stem)
            continue
        medicines[cis] = _Medicine(squeeze(cells[1]), squeeze(cells[10]), codes.get(cis))
    conditions: dict[str, set[str]] = defaultdict(set)
    for _, cells in _rows(directory, CONDITIONS, parsed):
        conditions[cells[0].strip()].add(squeeze(cells[1]))
    seen: dict[str, int] = {}
    for line, cells in _rows(directory, PACKS, parsed):
        parsed.rows += 1
        _take_pack(parsed, line, [squeeze(cell) for cell in cells], medicines, conditions, seen)
    parsed.facts = {
        "source": ATTRIBUTION,
        "medicines": str(len(medicines)),
        "packs": str(parsed.rows),
        "packs_with_atc": str(sum(each.body.atc is not None for each in parsed.records)),
    }
    return parsed


def parse_price(text: str) -> int | None:
    """Cents of a price whose last comma is the decimal one, None when empty.

    Raises: ValueError: neither `24,34` nor `1,466,29`.
    """
    if not text:
        return None
    match = _PRICE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return parse_minor(f"{match[1].replace(',', '')}.{match[2]}", _CENTS)


def class_of(conditions: set[str] | frozenset[str]) -> ArticleClass:
    """Prescription medicine when any condition binds prescribing or dispensing (list I, II, narcotics, ...).

    Hospital and professional use count as prescription: neither is ever sold freely.
    """
    return ArticleClass.MEDICINE_RX if conditions - NOT_A_PRESCRIPTION else ArticleClass.MEDICINE_OTC


def _atc_codes(directory: Path, parsed: Parsed[ArticleBody]) -> dict[str, str]:
    """ATC codes by medicine, of those that the file lists; none without the file."""
    found: dict[str, str] = {}
    if _look(directory, MAJOR.stem) is None:
        return found
    for line, cells in _rows(directory, MAJOR, parsed):
        cis, atc = cells[0].strip(), squeeze(cells[1]).upper()
        try:
            msgspec.convert(atc, Atc)
        except msgspec.ValidationError:
            detail = f"“{atc[:40]}” is no ATC code such as A10BA02; the medicine {cis} is taken without one."
            parsed.warn(line, "atc_invalid", detail, file=MAJOR.stem)
            continue
        if atc and found.setdefault(cis, atc) != atc:
            detail = f"The medicine {cis} has the ATC codes {found[cis]} and {atc}; the first is used."
            parsed.warn(line, "atc_twice", detail, file=MAJOR.stem)
    return found


def _take_pack(
    parsed: Parsed[ArticleBody],
    line: int,
    cells: list[str],
    medicines: Mapping[str, _Medicine],
    conditions: Mapping[str, set[str]],
    seen: dict[str, int],
) -> None:
    cis, cip7, presentation, cip13 = cells[0], cells[1], cells[2], cells[6]
    if not (len(cip13) == 13 and cip13.isascii() and cip13.isdigit()):
        parsed.refuse(line, "code_invalid", f"CIP13 “{cip13[:40]}” is not 13 digits.", file=PACKS.stem)
        return
    if cip13 in seen:
        detail = f"CIP13 {cip13} already stood on line {seen[cip13]}."
        parsed.refuse(line, "code_twice", detail, file=PACKS.stem)
        return
    try:
        ex_fee, price, fee = (parse_price(cell) for cell in cells[9:12])
        has_slipped = fee is None and ex_fee is not None and price is not None and price < ex_fee
        if has_slipped:
            ex_fee, price, fee = None, ex_fee, price
    except ValueError as error:
        parsed.refuse(line, "price_invalid", f"“{error}” is not a price such as 24,34.", file=PACKS.stem)
        return
    seen[cip13] = line
    medicine = medicines.get(cis)
    if medicine is None:
        detail = (
            f"CIP13 {cip13}: no medicine {cis} in {MEDICINES.stem}; its class is unknown, it earns nothing."
        )
        parsed.warn(line, "medicine_missing", detail, file=PACKS.stem)
    if has_slipped:
        detail = f"CIP13 {cip13}: its prices stand one column to the left; the first is taken as public."
        parsed.warn(line, "prices_slipped", detail, file=PACKS.stem)
    elif price is not None and (ex_fee is None or fee is None or ex_fee + fee != price):
        detail = f"CIP13 {cip13}: public price is not price plus fee; the public price is taken."
        parsed.warn(line, "price_parts_differ", detail, file=PACKS.stem)
    full = f"{medicine.name}, {presentation}" if medicine else presentation
    name = shorten(full, NAME_CHARS_MAX)
    if name != full:
        detail = f"CIP13 {cip13}: the name has {len(full)} characters and was cut to {NAME_CHARS_MAX}."
        parsed.warn(line, "name_shortened", detail, file=PACKS.stem)
    body = ArticleBody(
        name=name,
        article_class=class_of(conditions.get(cis, set())) if medicine else ArticleClass.UNKNOWN,
        codes=[cip13, cip7] if cip7 else [cip13],
        brand=shorten(medicine.holder, NAME_CHARS_MAX) if medicine else "",
        price_minor=price,
        source=SOURCE,
        atc=medicine.atc if medicine else None,
    )
    parsed.records.append(Record(line, f"cip13:{cip13}", body))


def _rows(directory: Path, table: _Table, parsed: Parsed[ArticleBody]) -> Iterator[tuple[int, list[str]]]:
    path = _find(directory, table.stem)
    text, _ = decode(read_bytes(path), path.name, table.encoding)
    rows = 0
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        cells = content.rstrip("\r").split("\t")
        if len(cells) != table.columns:
            why = f"line {line} has {len(cells)} columns, a {table.stem} file has {table.columns}."
            if not rows:
                raise FileBroken(file=path.name, why=why)
            parsed.rows += table is PACKS
            parsed.refuse(line, "columns_differ", why[0].upper() + why[1:], file=table.stem)
            continue
        rows += 1
        yield line, cells
    if not rows:
        raise FileBroken(file=path.name, why="is empty.")


def _find(directory: Path, stem: str) -> Path:
    path = _look(directory, stem)
    if path is None:
        names = ", ".join(_names(stem))
        raise FileBroken(file=str(directory), why=f"{stem}.txt is missing (looked for {names}).")
    return path


def _look(directory: Path, stem: str) -> Path | None:
    return next((path for name in _names(stem) if (path := directory / name).is_file()), None)


def _names(stem: str) -> list[str]:
    return [f"{prefix}{stem}.txt{ending}" for prefix in ("", "raw_") for ending in ("", ".gz")]
