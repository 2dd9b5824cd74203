"""What in a clerk's acts a person should look at: figures beside those of the others, never a verdict.

Point farming, the commonest staff fraud, looks like this: cards added to tickets of strangers, many of them
one member's; tickets moved to the same few; looking people up without serving them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from loyalty.limits.counter import PATTERN_OFTEN_TIMES, PATTERN_SAME_MEMBER
from loyalty.programme.counter import CounterAct


class Pattern(StrEnum):
    """What is noticed."""

    SAME_MEMBER = "same_member"
    """Late cards, moved tickets and tickets without a card go to one member again and again."""
    MORE_THAN_OTHERS = "more_than_others"
    """So many times as often as the clerk in the middle does it."""
    LOOKS_WITHOUT_SERVING = "looks_without_serving"
    """People are looked up, and next to nothing is done for them."""


@dataclass(frozen=True, slots=True)
class Done:
    """How often a clerk did an act for a member."""

    staff_id: str
    act: str
    member_id: str | None
    acts: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """A pattern with its figure; `beside`: what it is held against."""

    staff_id: str
    pattern: Pattern
    act: str
    member_id: str | None
    acts: int
    beside: int


GIVES = (CounterAct.LATE_CARD.value, CounterAct.MOVE_TICKET.value, CounterAct.FOUND_TICKET.value)
_FINDS = (CounterAct.FIND.value, CounterAct.FIND_BY_NAME.value)
_COMPARED = (*GIVES, CounterAct.UNDO.value, CounterAct.PIN_RESET.value, CounterAct.PIN_UNLOCK.value)


def sums(done: Sequence[Done]) -> Mapping[str, Mapping[str, int]]:
    """Acts by clerk and kind."""
    counted: dict[str, dict[str, int]] = {}
    for each in done:
        of_clerk = counted.setdefault(each.staff_id, {})
        of_clerk[each.act] = of_clerk.get(each.act, 0) + each.acts
    return counted


def notice(done: Sequence[Done]) -> list[Noticed]:
    """What stands out, by clerk; the same counts always give the same list."""
    noticed = [*_same_members(done)]
    counted = sums(done)
    for act in _COMPARED:
        middle = _median([of_clerk.get(act, 0) for of_clerk in counted.values()])
        for staff_id, of_clerk in counted.items():
            acts = of_clerk.get(act, 0)
            if acts >= PATTERN_SAME_MEMBER and acts >= PATTERN_OFTEN_TIMES * max(1, middle):
                noticed.append(Noticed(staff_id, Pattern.MORE_THAN_OTHERS, act, None, acts, middle))
    for staff_id, of_clerk in counted.items():
        finds = sum(of_clerk.get(act, 0) for act in _FINDS)
        others = sum(of_clerk.values()) - finds
        if finds >= PATTERN_OFTEN_TIMES * max(PATTERN_SAME_MEMBER, others):
            noticed.append(
                Noticed(staff_id, Pattern.LOOKS_WITHOUT_SERVING, CounterAct.FIND.value, None, finds, others)
            )
    return sorted(noticed, key=lambda each: (each.staff_id, each.pattern, each.act, each.member_id or ""))


def _same_members(done: Sequence[Done]) -> list[Noticed]:
    given: dict[tuple[str, str], int] = {}
    total: dict[str, int] = {}
    for each in done:
        if each.act in GIVES and each.member_id is not None:
            key = (each.staff_id, each.member_id)
            given[key] = given.get(key, 0) + each.acts
            total[each.staff_id] = total.get(each.staff_id, 0) + each.acts
    return [
        Noticed(staff_id, Pattern.SAME_MEMBER, "gives", member_id, acts, total[staff_id])
        for (staff_id, member_id), acts in given.items()
        if acts >= PATTERN_SAME_MEMBER
    ]


def _median(counts: Sequence[int]) -> int:
    """The lower one of the middle: a clerk is held against those who do it less."""
    return sorted(counts)[(len(counts) - 1) // 2] if counts else 0
