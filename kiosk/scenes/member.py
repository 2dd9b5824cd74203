"""Moments of a member: the balance and the last purchases."""

from typing import Final

import msgspec

from kiosk.flow import Action
from kiosk.scenes.base import Scene, scene, tap, touch, visit
from kiosk.scenes.demo import TICKETS, a_member, a_member_by_number
from wire.messages import Language, MemberView, Spending


def _weak(language: Language, *, most: int) -> MemberView:
    """Whose card is a UID that anybody could copy."""
    return msgspec.structs.replace(a_member(language=language), spending=Spending(most=most))


_FEW = TICKETS[:2]

SCENES: Final[tuple[Scene, ...]] = (
    scene("asking", lambda _: tap()),
    scene("member", lambda lang: visit(a_member(language=lang))),
    scene(
        "member_pending",
        lambda lang: visit(a_member(language=lang, points_today=0, expiring=None, milestone=None), pending=2),
    ),
    scene("member_range", lambda lang: visit(a_member_by_number(lang), medium="typed")),
    scene("member_weak_card", lambda lang: visit(_weak(lang, most=0))),
    scene("member_limited_card", lambda lang: visit(_weak(lang, most=200))),
    scene("member_range_chip", lambda lang: visit(a_member_by_number(lang), medium="chip")),
    scene(
        "member_quiet",
        lambda lang: visit(
            a_member(language=lang, points=12, points_today=0, worth_minor=0, expiring=None, tickets=()),
            notices=(),
        ),
    ),
    scene(
        "member_much",
        lambda lang: visit(
            a_member(language=lang, points=1_234_567, points_today=-1240, worth_minor=1_234_500)
        ),
    ),
    scene("tickets", lambda lang: [*visit(a_member(language=lang)), *touch(Action.TICKETS)]),
    scene(
        "tickets_older",
        lambda lang: [*visit(a_member(language=lang)), *touch(Action.TICKETS, Action.OLDER)],
    ),
    scene(
        "tickets_few", lambda lang: [*visit(a_member(language=lang, tickets=_FEW)), *touch(Action.TICKETS)]
    ),
    scene("tickets_none", lambda lang: [*visit(a_member(language=lang, tickets=())), *touch(Action.TICKETS)]),
)
