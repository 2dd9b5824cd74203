"""What a person of staff does together with head office: let it see the screen, enrol the terminal anew."""

from collections.abc import Mapping, Sequence

from terminal.journeys.base import Answering, Parts
from terminal.journeys.looking_after import may_look_after
from wire.looking_after import AnswerReenrolment, AnswerSupport, BeginReenrolment, EndSupport
from wire.messages import Answer, CommandResult


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def answer_support(answered: AnswerSupport) -> Sequence[Answer]:
        card = parts.session(answered.session_id)
        if card is None or card.staff is None or not may_look_after(card):
            return (CommandResult(request_id=answered.request_id, is_done=False, error="not_staff"),)
        error = await parts.support.answer(
            answered.support_id, is_allowed=answered.is_allowed, staff_id=card.staff.staff_id
        )
        return (CommandResult(request_id=answered.request_id, is_done=not error, error=error),)

    async def end_support(ended: EndSupport) -> Sequence[Answer]:
        await parts.support.end(ended.support_id)
        return ()

    async def begin_anew(asked: BeginReenrolment) -> Sequence[Answer]:
        if not may_look_after(parts.session(asked.session_id)):
            return (CommandResult(request_id=asked.request_id, is_done=False, error="not_staff"),)
        error = await parts.reenrolment.begin()
        return (CommandResult(request_id=asked.request_id, is_done=not error, error=error),)

    async def answer_anew(answered: AnswerReenrolment) -> Sequence[Answer]:
        await parts.reenrolment.answer(is_taken=answered.is_taken)
        return ()

    return {
        AnswerSupport: answer_support,
        EndSupport: end_support,
        BeginReenrolment: begin_anew,
        AnswerReenrolment: answer_anew,
    }
