"""What stands out in clerks' acts, and what does not."""

import pytest

from loyalty.programme.counter_patterns import Done, Noticed, Pattern, notice, sums


def done(staff_id: str, act: str, acts: int, member_id: str | None = None) -> Done:
    return Done(staff_id, act, member_id, acts)


def test_acts_are_summed_by_clerk_and_kind() -> None:
    counted = sums([done("s-1", "undo", 2), done("s-1", "undo", 3, "m-1"), done("s-2", "find", 1)])
    assert counted == {"s-1": {"undo": 5}, "s-2": {"find": 1}}


def test_late_cards_and_moves_to_one_member_add_up() -> None:
    given = [done("s-1", "late_card", 2, "m-1"), done("s-1", "move_ticket", 1, "m-1")]
    assert notice([*given, done("s-1", "late_card", 2, "m-2")]) == [
        Noticed("s-1", Pattern.SAME_MEMBER, "gives", "m-1", 3, 5)
    ]


@pytest.mark.parametrize(
    "ordinary",
    [
        [],
        [done("s-1", "late_card", 2, "m-1"), done("s-2", "late_card", 2, "m-1")],
        [done("s-1", "pin_set", 50)],
        [done(f"s-{n}", "undo", 10) for n in range(5)],
        [done("s-1", "find", 40), done("s-1", "enrol", 11)],
        [done("s-1", "find", 11)],
    ],
)
def test_ordinary_work_is_not_noticed(ordinary: list[Done]) -> None:
    assert notice(ordinary) == []


def test_who_does_it_far_more_often_than_the_clerk_in_the_middle_is_noticed() -> None:
    others = [done(f"s-{n}", "undo", 2) for n in range(1, 6)]
    assert notice([*others, done("s-9", "undo", 7)]) == []
    assert notice([*others, done("s-9", "undo", 8)]) == [
        Noticed("s-9", Pattern.MORE_THAN_OTHERS, "undo", None, 8, 2)
    ]


def test_who_looks_people_up_and_serves_nobody_is_noticed() -> None:
    looked = [done("s-1", "find", 12), done("s-1", "enrol", 3)]
    assert notice(looked) == [Noticed("s-1", Pattern.LOOKS_WITHOUT_SERVING, "find", None, 12, 3)]
