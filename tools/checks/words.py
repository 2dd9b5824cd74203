"""Words that may not stand in the project: foreign terms, marks of unfinished work, one machine's places."""

import io
import re
import tokenize
from collections.abc import Iterator

from tools.checks.tree import Finding, Tree

OWN_WORDS = {
    "wallet": "say purse or stored value",
    "dunning": "say reminder",
    "signup": "say enrolment",
    "sign_up": "say enrolment",
    "customer_id": "say member_id",
    "loyalty_scheme": "say programme",
    "loyalty_club": "say programme",
    "member_level": "say tier",
    "member_status": "say tier, or the state of a card",
    "tier_level": "say tier",
    "points_expiration": "say expiry",
    "coupon_id": "say voucher_id",
}
"""Words of Python identifiers that can mean nothing else; the glossary has all that we avoid."""

PROSE = {"dunning": "say reminder", "signup": "say enrolment", "loyalty scheme": "say programme"}
"""The same for Markdown, where quoted other names must stay possible."""

# Written apart, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")
PLACES = {
    re.compile(
        r"(?i)\b(?:test\.)?py" r"pi\.(?:org|python\.org)|python" r"hosted\.org|npm" r"js\.(?:org|com)"
    ): ("names a package registry; pip's own settings choose it"),
    re.compile(r"--(?:extra-)?index" r"-url\b|--find" r"-links\b"): (
        "chooses where packages come from; pip's own settings choose it"
    ),
    re.compile(r"(?<![\w.])/wo" r"rk/(?:main|shared|\.library)\b"): "names a place of one machine",
}
EXEMPT_PROSE = {"GLOSSARY.md", "CHANGELOG.md"}


def check(tree: Tree) -> Iterator[Finding]:
    """Forbidden words in identifiers, in prose, and anywhere."""
    for name in tree.files:
        if name == "LICENSE":
            continue
        for number, line in enumerate(tree.source(name).splitlines(), start=1):
            yield from _anywhere(name, number, line)
            if name.endswith(".md") and name not in EXEMPT_PROSE:
                yield from _in_prose(name, number, line)
    for name in tree.named(".py"):
        yield from _in_identifiers(name, tree.source(name))


def _anywhere(name: str, number: int, line: str) -> Iterator[Finding]:
    if found := UNFINISHED.search(line):
        yield Finding(name, number, f"{found[0]}: do it now, or write an issue")
    for pattern, why in PLACES.items():
        if found := pattern.search(line):
            yield Finding(name, number, f"{found[0]!r} {why}")


def _in_prose(name: str, number: int, line: str) -> Iterator[Finding]:
    for word, instead in PROSE.items():
        if re.search(rf"(?i)\b{word}\b", line):
            yield Finding(name, number, f"{word!r}: {instead} (GLOSSARY.md)")


def _in_identifiers(name: str, source: str) -> Iterator[Finding]:
    lowered = source.lower()
    if not any(word.replace("_", "") in lowered.replace("_", "") for word in OWN_WORDS):
        return
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.NAME:
            continue
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", token.string).lower()
        for word, instead in OWN_WORDS.items():
            if re.search(rf"(?:^|_){word}s?(?:_|$)", snake):
                yield Finding(name, token.start[0], f"{token.string!r}: {instead} (GLOSSARY.md)")
