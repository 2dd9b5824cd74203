"""Talks with the card that lies there: which commands who may send, how many, and for which card (ADR 22).

The reader daemon judges no card and keeps no key. It carries what the agent sends, to the one card of the tap
that is named, and only commands that belong to the purpose.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from loyalty.limits.readers import CARD_TALK_COMMANDS_MAX, CARD_TALK_COMMANDS_PER_TAP_MAX
from wire.messages import CardCommands, TalkPurpose, TalkTrouble

_NDEF: Final = "00A4040007D276000085010100"
_OWN_CHIP: Final = "00A4040009F04F46464943494E4500"
_CHALLENGE: Final = "9071000005(0[0-4])0300000000"
_ANSWER: Final = "90AF000020[0-9A-F]{64}00"

ALLOWED: Final[Mapping[TalkPurpose, re.Pattern[str]]] = MappingProxyType(
    {
        # AuthenticateEV2First with key 3 (NT4H2421Gx par. 10.4.1), INTERNAL AUTHENTICATE of our chip cards.
        "proof": re.compile(
            f"{_NDEF}|{_OWN_CHIP}|9071000005030300000000|{_ANSWER}|0088000010[0-9A-F]{{32}}10"
        ),
        # Whatever a till asks, but what is for the reader itself (class FF) except the UID.
        "till": re.compile("(?!FF)([0-9A-F]{2}){4,261}|FFCA000000"),
        # UID, versions of keys, files and settings of an NTAG 424 DNA (data sheet par. 10.5 to 10.9).
        "personalise": re.compile(
            f"FFCA000000|{_NDEF}|9064000001(0[0-4])00|90F50000010200|{_CHALLENGE}|{_ANSWER}"
            "|00A4000C02E104|00B00000[0-9A-F]{2}|00D60000([0-9A-F]{2}){2,251}"
            "|90(5F|C4)0000([0-9A-F]{2}){2,64}"
        ),
    }
)
"""Commands as upper-case hex, by what they are for; what is not written here is not sent."""

_PROGRAMS: Final[Mapping[TalkPurpose, str]] = MappingProxyType(
    {"proof": "terminal", "till": "terminal", "personalise": "control"}
)
"""Who may ask: tills speak through the agent, cards are written by the command line."""


def refusal(
    asked: CardCommands, *, program: str, permitted: frozenset[TalkPurpose], sent: int
) -> TalkTrouble | None:
    """Why a talk is not carried; None: it is.

    Args:
        program: as the other end named itself.
        permitted: purposes that the settings allow here.
        sent: commands that this tap's card was sent before.
    """
    if asked.purpose not in permitted or _PROGRAMS[asked.purpose] != program:
        return "not_permitted"
    if len(asked.commands) > CARD_TALK_COMMANDS_MAX:
        return "too_many"
    if sent + len(asked.commands) > CARD_TALK_COMMANDS_PER_TAP_MAX:
        return "too_many"
    if not all(ALLOWED[asked.purpose].fullmatch(command) for command in asked.commands):
        return "not_permitted"
    return None
