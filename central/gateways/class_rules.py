"""Which legal class an article of a foreign file gets: ordered rules that a person can read and change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from central.gateways.files import FileBroken, decode, read_bytes
from loyalty.limits.imports import IMPORT_CLASS_RULES_MAX
from loyalty.limits.rules import RULE_TEXT_CHARS_MAX
from loyalty.programme.articles import ArticleClass

DEFAULT_FILE = "class_rules.toml"

_Pattern = Annotated[str, Meta(min_length=1, max_length=RULE_TEXT_CHARS_MAX)]
_Names = Annotated[list[str], Meta(min_length=1)]


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base: an unknown key is an error, so that a typing slip is never ignored."""


class ColumnNames(_Struct, frozen=True):
    """Names a column may have in the header, by what it holds; the first found counts."""

    code: _Names
    name: _Names
    other_codes: list[str] = []
    price: list[str] = []
    currency: list[str] = []
    brand: list[str] = []
    range: list[str] = []
    article_id: list[str] = []
    tax_rate: list[str] = []
    atc: list[str] = []


class _Rule(_Struct, frozen=True, rename={"article_class": "class"}):
    article_class: ArticleClass
    when: Annotated[dict[str, _Pattern], Meta(min_length=1)]


class _RulesFile(_Struct, frozen=True, rename={"rules": "rule"}):
    columns: ColumnNames
    default: ArticleClass = ArticleClass.UNKNOWN
    rules: Annotated[list[_Rule], Meta(max_length=IMPORT_CLASS_RULES_MAX)] = []


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One rule: every pattern must match the whole cell of its column (names in lower case)."""

    article_class: ArticleClass
    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    def matches(self, cells: Mapping[str, str]) -> bool:
        """Whether a row, by lower-case column name, is of this rule's class."""
        return all(pattern.fullmatch(cells.get(column, "")) for column, pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class ClassRules:
    """The rules in order, the class of what no rule knows, and how columns may be called."""

    columns: ColumnNames
    rules: tuple[ClassRule, ...]
    default: ArticleClass

    def classify(self, cells: Mapping[str, str]) -> ArticleClass | None:
        """The class of the first rule that matches; None when none does (the default applies)."""
        return next((rule.article_class for rule in self.rules if rule.matches(cells)), None)

    def columns_read(self) -> frozenset[str]:
        """Names of the columns that the rules look at."""
        return frozenset(column for rule in self.rules for column, _ in rule.patterns)


def default_text() -> str:
    """The shipped rules as a file, to print, copy and change."""
    return resources.files("central.gateways").joinpath(DEFAULT_FILE).read_text(encoding="utf-8")


def load(path: Path | None = None) -> ClassRules:
    """Read a rules file; None: the shipped one.

    Raises: FileBroken: not TOML, an unknown key or class, or a pattern that is no regular expression.
    """
    if path is None:
        return parse(default_text(), DEFAULT_FILE)
    text, _ = decode(read_bytes(path), path.name, "utf-8")
    return parse(text, path.name)


def parse(text: str, file: str) -> ClassRules:
    """Rules from the text of a rules file. Raises: FileBroken."""
    try:
        found = msgspec.toml.decode(text, type=_RulesFile)
    except (msgspec.DecodeError, ValueError) as error:
        raise FileBroken(file=file, why=f"is not a rules file: {error}.") from error
    rules = [_compile(rule, number, file) for number, rule in enumerate(found.rules, start=1)]
    return ClassRules(found.columns, tuple(rules), found.default)


def _compile(rule: _Rule, number: int, file: str) -> ClassRule:
    patterns = []
    for column, pattern in rule.when.items():
        try:
            compiled = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            why = f"rule {number}, column {column}: “{pattern}” is no regular expression ({error})."
            raise FileBroken(file=file, why=why) from error
        patterns.append((column.strip().casefold(), compiled))
    return ClassRule(rule.article_class, tuple(patterns))
