"""The JSON API's talks with cards: central asks, the terminal carries commands and answers (ADR 22)."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits.cards import CARD_TALK_STATE_CHARS_MAX
from loyalty.limits.readers import CARD_TALK_COMMANDS_MAX
from loyalty.limits.tills import APDU_DATA_BYTES_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, View

Apdu = Annotated[
    str,
    Meta(
        min_length=4,
        max_length=2 * (APDU_DATA_BYTES_MAX + 6),
        pattern=r"^([0-9A-F]{2})+(?!\n)$",
    ),
]
"""A command or an answer in upper-case hex; an answer ends with its status word."""
TalkState = Annotated[str, Meta(min_length=1, max_length=CARD_TALK_STATE_CHARS_MAX)]
"""How far a talk is, sealed by central for one terminal: carried, never read."""


class BeginCardProofBody(Body, frozen=True):
    """Let the card of a tap prove that it is there. `tap_id`: of the card session it is for."""

    evidence: EvidenceBody
    tap_id: Id


class CardAnswersBody(Body, frozen=True):
    """What the card answered to the commands of the last step, in their order."""

    state: TalkState
    answers: Annotated[list[Apdu], Meta(min_length=1, max_length=CARD_TALK_COMMANDS_MAX)]


class CardProofView(View, frozen=True):
    """The card answered. `proof_id` goes into the evidence of what it is to pay, until `expires_ms`."""

    proof_id: str
    card_number: str
    expires_ms: int


class CardTalkView(View, frozen=True):
    """The next commands for the card, or, at the end, its proof."""

    state: str = ""
    commands: list[str] = []
    proof: CardProofView | None = None


class AllowanceView(View, frozen=True):
    """From `strength` on up to `most` at a time; None: no limit."""

    strength: str
    most: int | None


class ActAllowancesView(View, frozen=True):
    """What an act asks for, weakest strength first; without allowances it is never permitted.

    `unit`: what `most` counts: points, minor (of the group's currency), or empty for acts without limits.
    """

    act: str
    unit: str
    allowances: list[AllowanceView]


class StrengthTableView(View, frozen=True):
    """The group's table: strength x act -> limit. `strengths`: weakest first."""

    strengths: list[str]
    acts: list[ActAllowancesView]
