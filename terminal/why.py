"""Central's explanation for a screen: rules, then lines that came out alike together, in bounded messages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, get_args

from loyalty.limits.kiosk import (
    KIOSK_WHY_LINES_PER_FRAME,
    KIOSK_WHY_NAME_CHARS_MAX,
    KIOSK_WHY_NUMBERS_MAX,
    KIOSK_WHY_RULES_MAX,
)
from loyalty.limits.texts import NAME_CHARS_MAX
from wire.api_value import LeftOut, Nothing, RulePointsView, ToldLineView, ToldWhyView
from wire.messages import Language
from wire.why import Why, WhyLine, WhyRule

REST: Final = "rest"
_Alike = tuple[int, tuple[tuple[int, int], ...], Nothing, LeftOut, str]
"""Points, parts, reasons and, after a PIN, the article: lines that have these in common are told together."""


def why_of(request_id: str, view: ToldWhyView, names: Mapping[str, dict[str, str]]) -> list[Why]:
    """Central's answer as messages that each fit a frame; nothing of it is lost.

    `names`: the group's own names of its rules, by rule id and language.
    """
    if not view.is_known:
        return [Why(request_id=request_id, points=view.points)]
    rules, places = _rules_of(view.rules, names)
    alike = tuple(_alike(view.lines, places))
    size = KIOSK_WHY_LINES_PER_FRAME
    chunks = [alike[at : at + size] for at in range(0, len(alike), size)] or [()]
    last = len(chunks) - 1
    return [
        Why(
            request_id=request_id,
            points=view.points,
            is_known=True,
            rules=() if at else rules,
            lines=lines,
            is_last=at == last,
        )
        for at, lines in enumerate(chunks)
    ]


def _rules_of(
    told: Sequence[RulePointsView], names: Mapping[str, dict[str, str]]
) -> tuple[tuple[WhyRule, ...], dict[str, int]]:
    """The rules in the order in which they acted, few enough for a screen, and each rule id's place."""
    sums: dict[str, int] = {}
    codes: dict[str, str] = {}
    for each in told:
        sums[each.rule_id] = sums.get(each.rule_id, 0) + each.points
        codes.setdefault(each.rule_id, each.code)
    ids = list(sums)
    if len(ids) > KIOSK_WHY_RULES_MAX:
        most = sorted(ids, key=lambda rule_id: -abs(sums[rule_id]))[: KIOSK_WHY_RULES_MAX - 1]
        ids = [rule_id for rule_id in ids if rule_id in most]
    rules = [WhyRule(code=codes[each], points=sums[each], names=_shown(names.get(each, {}))) for each in ids]
    rest = sum(points for rule_id, points in sums.items() if rule_id not in ids)
    if len(ids) < len(sums):
        rules.append(WhyRule(code=REST, points=rest))
    places = {rule_id: ids.index(rule_id) if rule_id in ids else len(ids) for rule_id in sums}
    return tuple(rules), places


def _shown(names: Mapping[str, str]) -> dict[str, str]:
    """The names a kiosk can speak, bounded."""
    return {
        language: names[language][:NAME_CHARS_MAX] for language in get_args(Language) if language in names
    }


def _alike(lines: Sequence[ToldLineView], places: Mapping[str, int]) -> Iterator[WhyLine]:
    """Lines that came out alike, at the place of the first of them."""
    groups: dict[_Alike, list[int]] = {}
    for line in lines:
        parts: dict[int, int] = {}
        for each in line.rules:
            parts[places[each.rule_id]] = parts.get(places[each.rule_id], 0) + each.points
        groups.setdefault(
            (
                line.points,
                tuple(sorted(parts.items())),
                line.nothing,
                line.left_out,
                line.name[:KIOSK_WHY_NAME_CHARS_MAX],
            ),
            [],
        ).append(line.line_no)
    for (points, told, nothing, left_out, name), numbers in groups.items():
        yield WhyLine(
            numbers=tuple(_ranges(numbers))[:KIOSK_WHY_NUMBERS_MAX],
            count=len(numbers),
            points=points,
            parts=told,
            nothing=nothing,
            left_out=left_out,
            name=name,
        )


def _ranges(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last
