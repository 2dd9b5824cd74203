"""My details and consents: after the PIN, how one is reached and what one agreed to (C-29, R-08)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.keyboard import (
    TYPING_ACTIONS,
    Typing,
    TypingPage,
    a_text,
    currency_of,
    type_key,
)
from kiosk.flow.pin_pad import open_pad
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, SPEAKS, Action, Screen, State
from loyalty.limits.details import ADDRESS_CHARS_MAX, CONTACT_CODE_DIGITS
from wire.messages import FromKiosk
from wire.my_details import (
    CONSENT_TEXT,
    AskDetails,
    ChangeDetail,
    CodeChannel,
    ContactPurpose,
    Details,
    DetailsTold,
    DetailsTrouble,
    EnterCode,
    PreferredChannel,
    SayConsent,
    SendCode,
)

Field = Literal["email", "phone", "address", "language", "preferred", "consents"]
FIELDS: Final[tuple[Field, ...]] = ("email", "phone", "address", "language", "preferred", "consents")
"""The tiles of the first page, in reading order."""
PURPOSES: Final[tuple[ContactPurpose, ...]] = ("email", "sms", "letter", "wechat")
CHANNELS: Final[tuple[PreferredChannel, ...]] = ("email", "sms", "letter", "telephone")
LANGUAGES: Final = tuple(SPEAKS.values())
EMAIL_CHARS_MAX: Final = 80
PHONE_CHARS_MAX: Final = 20
_COUNTRY: Final = {"CHF": "+41", "CNY": "+86"}
_BY: Final[dict[Field, CodeChannel]] = {"email": "email", "phone": "sms"}
_NOTHING: Final = a_text(ADDRESS_CHARS_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsPage(TypingPage):
    """The details as last told, which of them is being changed, and what went wrong.

    `code_id`, `sent_to`: of the code that was asked for last; `is_sent`: it is on its way, and the next wish
    is for another one. `is_saved`: what was wished for was just done.
    """

    screens = frozenset(
        {
            Screen.PIN,
            Screen.MY_DETAILS,
            Screen.MY_CONSENTS,
            Screen.DETAIL_CHOICE,
            Screen.DETAIL_TYPE,
            Screen.DETAIL_CODE,
        }
    )
    typing: Typing = _NOTHING
    details: Details | None = None
    field: Field = "email"
    trouble: DetailsTrouble = ""
    is_saved: bool = False
    code_id: str = ""
    sent_to: str = ""
    is_sent: bool = False

    def __repr__(self) -> str:
        """Without what is the member's."""
        return f"DetailsPage(field={self.field!r}, trouble={self.trouble!r})"


def _may_see(state: State) -> bool:
    """A bare number proves nobody: only whom the screen shows the exact balance."""
    member = state.session.member if state.session else None
    return member is not None and member.points is not None


def _open(state: State, _action: Action, now_ms: int) -> Step:
    member = state.session.member if state.session else None
    if member is not None and member.asks_pin:
        return open_pad(state, DetailsPage(), now_ms=now_ms)
    return _ask(state, Screen.MY_DETAILS, DetailsPage(), AskDetails, now_ms=now_ms)


def _ask(
    state: State,
    screen: Screen,
    page: DetailsPage,
    make: Callable[..., FromKiosk],
    *,
    now_ms: int,
    **values: object,
) -> Step:
    session_id = state.session_id
    page = replace(page, trouble="", is_saved=False)
    return ask(
        go(state, screen, page, now_ms=now_ms),
        page,
        lambda request_id: make(request_id=request_id, session_id=session_id, **values),
        now_ms=now_ms,
        only_reads=make is AskDetails,
    )


def _with_pin(state: State, now_ms: int) -> Step:
    page = page_of(state, DetailsPage)
    if page.is_sent:  # the code still counts: only the PIN's time was over
        page = replace(page, typing=Typing(kind="code", most=CONTACT_CODE_DIGITS))
        return go(state, Screen.DETAIL_CODE, page, now_ms=now_ms), ()
    return _ask(state, Screen.MY_DETAILS, page, AskDetails, now_ms=now_ms)


# The first page, and what may be chosen ---------------------------------------------------------------------


def may_change(page: DetailsPage, field: Field) -> bool:
    """Whether a tile leads on: a new address takes a code, and a way to send it."""
    by = _BY.get(field)
    return page.details is not None and (by is None or by in page.details.codes)


def _choose_field(state: State, action: Action, now_ms: int) -> Step:
    page, place = page_of(state, DetailsPage), chosen(action)
    field = FIELDS[place]
    if is_answer_awaited(state) or not may_change(page, field):
        return replace(state, touched_ms=now_ms), ()
    page = replace(page, field=field, trouble="", is_saved=False, code_id="", sent_to="", is_sent=False)
    if field == "consents":
        return go(state, Screen.MY_CONSENTS, page, now_ms=now_ms), ()
    if field in ("language", "preferred"):
        return go(state, Screen.DETAIL_CHOICE, page, now_ms=now_ms), ()
    return go(state, Screen.DETAIL_TYPE, replace(page, typing=_field(state, page)), now_ms=now_ms), ()


def _field(state: State, page: DetailsPage) -> Typing:
    """What is typed begins where it helps: with the country's number, or with the address as it is."""
    assert page.details is not None, "it was told before a field can be chosen"
    if page.field == "email":
        return Typing(kind="email", most=EMAIL_CHARS_MAX)
    if page.field == "phone":
        country = _COUNTRY.get(currency_of(state), "+")
        return Typing(kind="phone", most=PHONE_CHARS_MAX, typed=country)
    return a_text(ADDRESS_CHARS_MAX, page.details.address[:ADDRESS_CHARS_MAX])


def _choose_value(state: State, action: Action, now_ms: int) -> Step:
    page, place = page_of(state, DetailsPage), chosen(action)
    is_language = page.field == "language"
    values: tuple[str, ...] = LANGUAGES if is_language else CHANNELS
    if is_answer_awaited(state) or place >= len(values):
        return replace(state, touched_ms=now_ms), ()
    value = values[place]
    if is_language:
        state = replace(state, language=LANGUAGES[place], is_language_chosen=True)
    return _ask(state, Screen.MY_DETAILS, page, ChangeDetail, now_ms=now_ms, what=page.field, value=value)


def _consent(state: State, action: Action, now_ms: int) -> Step:
    page, place = page_of(state, DetailsPage), chosen(action)
    if is_answer_awaited(state) or page.details is None:
        return replace(state, touched_ms=now_ms), ()
    purpose = PURPOSES[place]
    is_given = any(each.is_given for each in page.details.consents if each.purpose == purpose)
    return _ask(
        state,
        Screen.MY_CONSENTS,
        page,
        SayConsent,
        now_ms=now_ms,
        purpose=purpose,
        is_given=not is_given,
        text_version=f"{CONSENT_TEXT}/{state.language}",
    )


# What is typed ----------------------------------------------------------------------------------------------


def is_ready(page: DetailsPage) -> bool:
    """Whether what was typed can be sent."""
    said = page.typing.said
    match page.typing.kind:
        case "email":
            return "@" in said[1:-1]
        case "phone":
            return len(said) >= 8
        case "code":
            return len(said) == CONTACT_CODE_DIGITS
        case "text":
            return True


def _send(state: State, _action: Action, now_ms: int) -> Step:
    page, said = page_of(state, DetailsPage), page_of(state, DetailsPage).typing.said
    if is_answer_awaited(state) or not is_ready(page):
        return replace(state, touched_ms=now_ms), ()
    if state.screen is Screen.DETAIL_CODE:
        return _ask(state, state.screen, page, EnterCode, now_ms=now_ms, code_id=page.code_id, code=said)
    by = _BY.get(page.field)
    if by is None:
        return _ask(state, state.screen, page, ChangeDetail, now_ms=now_ms, what="address", value=said)
    if page.is_sent or page.sent_to != said:
        page = replace(page, sent_to=said, code_id=next_id(state, "code"), is_sent=False)
    return _ask(
        state,
        state.screen,
        page,
        SendCode,
        now_ms=now_ms,
        code_id=page.code_id,
        channel=by,
        address=said,
    )


# Answers ----------------------------------------------------------------------------------------------------


def _told(state: State, told: DetailsTold, now_ms: int) -> Step:
    page = replace(page_of(state, DetailsPage), trouble=told.trouble)
    if told.trouble == "needs_pin":
        state, effects = open_pad(state, replace(page, trouble=""), now_ms=now_ms)
        return state, (*effects, PlaySound(Sound.REFUSAL))
    if told.trouble:
        if told.trouble in ("code_wrong", "code_over") and state.screen is Screen.DETAIL_CODE:
            page = replace(page, typing=replace(page.typing, typed=""))
        return replace(state, journey=page, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)
    if told.details is None:  # a code is on its way
        page = replace(page, typing=Typing(kind="code", most=CONTACT_CODE_DIGITS), is_sent=True)
        return go(state, Screen.DETAIL_CODE, page, now_ms=now_ms), (PlaySound(Sound.SUCCESS),)
    is_first = page.details is None
    page = replace(page, details=told.details, is_saved=not is_first)
    if state.screen in (Screen.DETAIL_CODE, Screen.DETAIL_TYPE):
        page = replace(page, typing=_NOTHING, sent_to="", code_id="", is_sent=False)
        return go(state, Screen.MY_DETAILS, page, now_ms=now_ms), (PlaySound(Sound.SUCCESS),)
    sound = () if is_first else (PlaySound(Sound.SUCCESS),)
    return replace(state, journey=page, touched_ms=now_ms), sound


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, DetailsTold(request_id="", trouble="central_unreachable"), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    """From what is changed to the first page, from the code to the address, else to the menu."""
    page = page_of(state, DetailsPage)
    if state.screen in (Screen.MY_DETAILS, Screen.PIN):
        return open_menu(state, action, now_ms)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    page = replace(page, trouble="", is_saved=False)
    if state.screen is Screen.DETAIL_CODE:
        typing = replace(_field(state, page), typed=page.sent_to)
        return go(state, Screen.DETAIL_TYPE, replace(page, typing=typing), now_ms=now_ms), ()
    page = replace(page, typing=_NOTHING, sent_to="", is_sent=False)
    return go(state, Screen.MY_DETAILS, page, now_ms=now_ms), ()


_TYPED: Final = {**dict.fromkeys(TYPING_ACTIONS, type_key), Action.SEND: _send, Action.BACK: _back}

JOURNEY = Journey(
    touches={
        Screen.MY_DETAILS: {**dict.fromkeys(CHOICES[: len(FIELDS)], _choose_field), Action.BACK: _back},
        Screen.MY_CONSENTS: {**dict.fromkeys(CHOICES[: len(PURPOSES)], _consent), Action.BACK: _back},
        Screen.DETAIL_CHOICE: {
            **dict.fromkeys(CHOICES[: len(LANGUAGES)], _choose_value),
            Action.BACK: _back,
        },
        Screen.DETAIL_TYPE: _TYPED,
        Screen.DETAIL_CODE: _TYPED,
    },
    told={DetailsTold: _told},
    unanswered=_unanswered,
    with_pin=_with_pin,
    without_pin=_back,
    member_tiles=(Tile(action=Action.MY_DETAILS, enter=_open, is_offered=_may_see),),
)
