"""What the kiosk knows at one moment: a frozen value that the flow steps from event to event."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal

from kiosk.flow.mode import PLAIN, Mode
from loyalty.limits.kiosk import KIOSK_TICKETS_PER_PAGE
from wire.comfort import USUAL
from wire.messages import AgentState, FromKiosk, Language, PinOutcome, Refusal, Session


class Screen(StrEnum):
    """Every screen there is; the name is what benches, logs and the live screen see."""

    STARTING = "starting"
    PAIRING = "pairing"
    ATTRACT = "attract"
    HOLD_CARD = "hold_card"
    ASKING = "asking"
    MEMBER = "member"
    MENU = "menu"
    VISITOR_MENU = "visitor_menu"
    SHOPS = "shops"
    SHOP = "shop"
    MY_PHARMACIST = "my_pharmacist"
    SHOP_MESSAGE = "shop_message"
    SHOP_WRITE = "shop_write"
    PACK_SCAN = "pack_scan"
    PACK = "pack"
    VISITOR_PACK_SCAN = "visitor_pack_scan"
    VISITOR_PACK = "visitor_pack"
    MY_DETAILS = "my_details"
    MY_CONSENTS = "my_consents"
    DETAIL_CHOICE = "detail_choice"
    DETAIL_TYPE = "detail_type"
    DETAIL_CODE = "detail_code"
    VISITOR_SHOPS = "visitor_shops"
    VISITOR_SHOP = "visitor_shop"
    LOST_CARD = "lost_card"
    REPLACE_CARD = "replace_card"
    NEW_CARD = "new_card"
    JOIN = "join"
    JOIN_TYPE = "join_type"
    CARERS = "carers"
    CARER_END = "carer_end"
    CARER_NAME = "carer_name"
    CARER_MAY = "carer_may"
    CARER_CARD = "carer_card"
    TICKETS = "tickets"
    WHY = "why"
    PIN = "pin"
    NEW_PIN = "new_pin"
    MY_POINTS = "my_points"
    MY_VOUCHERS = "my_vouchers"
    MY_VOUCHER = "my_voucher"
    PROMOTIONS = "promotions"
    CONVERT = "convert"
    CONVERT_CONFIRM = "convert_confirm"
    FORWARD = "forward"
    FORWARD_CONFIRM = "forward_confirm"
    GAMES = "games"
    GAME = "game"
    GAME_PLAY = "game_play"
    GAME_RESULT = "game_result"
    GAME_ANSWERS = "game_answers"
    GAME_PROOF = "game_proof"
    DONATE = "donate"
    DONATE_AMOUNT = "donate_amount"
    DONATE_CONFIRM = "donate_confirm"
    REPORT = "report"
    CONFIRM_BLOCK = "confirm_block"
    CARD_BLOCKED = "card_blocked"
    TILL_ASKS = "till_asks"
    STAFF = "staff"
    HOW_IS_IT = "how_is_it"
    DAY_TOTALS = "day_totals"
    TRAINING = "training"
    COMFORT = "comfort"
    DEFAULTS = "defaults"
    SUPPORT = "support"
    STAFF_PIN = "staff_pin"
    MEMBER_PIN = "member_pin"
    READER_TEST = "reader_test"
    REENROL = "reenrol"
    REENROLLING = "reenrolling"
    TILL_PAIRING = "till_pairing"
    REFUSED = "refused"
    PRIVACY_WARNING = "privacy_warning"
    LANGUAGES = "languages"
    ACCESS = "access"
    GOODBYE = "goodbye"
    LINK_LOST = "link_lost"
    READER_LOST = "reader_lost"
    AGENT_LOST = "agent_lost"


IDLE_SCREENS = frozenset(
    {
        Screen.STARTING,
        Screen.PAIRING,
        Screen.TILL_PAIRING,
        Screen.READER_TEST,
        Screen.REENROLLING,
        Screen.ATTRACT,
        Screen.HOLD_CARD,
        Screen.LINK_LOST,
        Screen.READER_LOST,
        Screen.AGENT_LOST,
    }
)
"""Nobody stands here: no session, no member."""

MEMBER_SCREENS = frozenset(
    {
        Screen.MEMBER,
        Screen.MENU,
        Screen.SHOPS,
        Screen.SHOP,
        Screen.MY_PHARMACIST,
        Screen.SHOP_MESSAGE,
        Screen.SHOP_WRITE,
        Screen.PACK_SCAN,
        Screen.PACK,
        Screen.MY_DETAILS,
        Screen.MY_CONSENTS,
        Screen.DETAIL_CHOICE,
        Screen.DETAIL_TYPE,
        Screen.DETAIL_CODE,
        Screen.REPLACE_CARD,
        Screen.CARERS,
        Screen.CARER_END,
        Screen.CARER_NAME,
        Screen.CARER_MAY,
        Screen.TICKETS,
        Screen.WHY,
        Screen.PIN,
        Screen.NEW_PIN,
        Screen.MY_POINTS,
        Screen.MY_VOUCHERS,
        Screen.MY_VOUCHER,
        Screen.PROMOTIONS,
        Screen.CONVERT,
        Screen.CONVERT_CONFIRM,
        Screen.FORWARD,
        Screen.FORWARD_CONFIRM,
        Screen.GAMES,
        Screen.GAME,
        Screen.GAME_PLAY,
        Screen.GAME_RESULT,
        Screen.GAME_ANSWERS,
        Screen.GAME_PROOF,
        Screen.DONATE,
        Screen.DONATE_AMOUNT,
        Screen.DONATE_CONFIRM,
        Screen.REPORT,
        Screen.CONFIRM_BLOCK,
        Screen.TILL_ASKS,
        Screen.PRIVACY_WARNING,
        Screen.LANGUAGES,
        Screen.ACCESS,
    }
)
"""Only these may hold a member; leaving them forgets everything about the member."""

VISITOR_SCREENS = frozenset(
    {
        Screen.VISITOR_MENU,
        Screen.VISITOR_SHOPS,
        Screen.VISITOR_SHOP,
        Screen.VISITOR_PACK_SCAN,
        Screen.VISITOR_PACK,
        Screen.LOST_CARD,
        Screen.NEW_CARD,
        Screen.JOIN,
        Screen.JOIN_TYPE,
        Screen.CARER_CARD,
    }
)
"""Somebody stands here without a card: no session, and what they typed is forgotten with the screen."""

STAFF_SCREENS = frozenset(
    {
        Screen.STAFF,
        Screen.STAFF_PIN,
        Screen.MEMBER_PIN,
        Screen.HOW_IS_IT,
        Screen.DAY_TOTALS,
        Screen.TRAINING,
        Screen.COMFORT,
        Screen.DEFAULTS,
        Screen.SUPPORT,
        Screen.REENROL,
    }
)
"""Only a card of staff opens these; they close with it, or untouched for a while."""

PIN_PADS = frozenset({Screen.PIN, Screen.STAFF_PIN, Screen.NEW_PIN})
"""Where a PIN is typed: `State.pad`."""

COVERS = frozenset({Screen.PRIVACY_WARNING, Screen.LANGUAGES, Screen.ACCESS})
"""Stand over another screen, `State.behind`, that comes back."""

WITHOUT_VISIT = frozenset({Screen.REFUSED, Screen.CARD_BLOCKED})
"""A card lies there, or did, and opens nothing: whoever reads on is known to nobody."""


class Action(StrEnum):
    """What a touch target means; screens name their targets by these."""

    MENU = "menu"
    VISITOR_MENU = "visitor_menu"
    CHOOSE_1 = "choose_1"
    CHOOSE_2 = "choose_2"
    CHOOSE_3 = "choose_3"
    CHOOSE_4 = "choose_4"
    CHOOSE_5 = "choose_5"
    CHOOSE_6 = "choose_6"
    CHOOSE_7 = "choose_7"
    CHOOSE_8 = "choose_8"
    GAMES = "games"
    PLAY = "play"
    PLAY_AGAIN = "play_again"
    SKIP = "skip"
    RUB = "rub"
    REVEAL = "reveal"
    PRINT = "print"
    PROOF = "proof"
    ANSWERS = "answers"
    CARD_1 = "card_1"
    CARD_2 = "card_2"
    CARD_3 = "card_3"
    CARD_4 = "card_4"
    CARD_5 = "card_5"
    CARD_6 = "card_6"
    CARD_7 = "card_7"
    CARD_8 = "card_8"
    CARD_9 = "card_9"
    CARD_10 = "card_10"
    CARD_11 = "card_11"
    CARD_12 = "card_12"
    SHOPS = "shops"
    SHOP_MESSAGE = "shop_message"
    MY_PHARMACIST = "my_pharmacist"
    CHANGE = "change"
    PACKS = "packs"
    LOOK_UP = "look_up"
    MY_DETAILS = "my_details"
    SHOP_HOURS = "shop_hours"
    SHOP_SERVICES = "shop_services"
    SHOP_EVENTS = "shop_events"
    AGREE = "agree"
    TRY_AGAIN = "try_again"
    TICKETS = "tickets"
    MY_POINTS = "my_points"
    MY_VOUCHERS = "my_vouchers"
    PROMOTIONS = "promotions"
    CONVERT = "convert"
    FORWARD = "forward"
    DONATE = "donate"
    REPORT = "report"
    BLOCK = "block"
    CONFIRM_BLOCK = "confirm_block"
    LOST_CARD = "lost_card"
    REPLACE_CARD = "replace_card"
    NEW_CARD = "new_card"
    JOIN = "join"
    CARERS = "carers"
    FINISH = "finish"
    BACK = "back"
    EXTEND = "extend"
    SAY_YES = "say_yes"
    SAY_NO = "say_no"
    PAIR_TILL = "pair_till"
    MEMBER_PIN = "member_pin"
    HOW_IS_IT = "how_is_it"
    DAY_TOTALS = "day_totals"
    TRAINING = "training"
    COMFORT = "comfort"
    DEFAULTS = "defaults"
    SUPPORT = "support"
    END_SUPPORT = "end_support"
    REENROL = "reenrol"
    TAKE_OVER = "take_over"
    LEAVE_AS_IT_IS = "leave_as_it_is"
    TEST_READER = "test_reader"
    END_TEST = "end_test"
    QUIETER = "quieter"
    LOUDER = "louder"
    DARKER = "darker"
    BRIGHTER = "brighter"
    CANCEL_TILL = "cancel_till"
    WORD_SAME = "word_same"
    WORD_DIFFERS = "word_differs"
    LANGUAGES = "languages"
    WHY_TODAY = "why_today"
    WHY_1 = "why_1"
    WHY_2 = "why_2"
    WHY_3 = "why_3"
    SHOW_NAMES = "show_names"
    DIGIT_0 = "digit_0"
    DIGIT_1 = "digit_1"
    DIGIT_2 = "digit_2"
    DIGIT_3 = "digit_3"
    DIGIT_4 = "digit_4"
    DIGIT_5 = "digit_5"
    DIGIT_6 = "digit_6"
    DIGIT_7 = "digit_7"
    DIGIT_8 = "digit_8"
    DIGIT_9 = "digit_9"
    KEY_1 = "key_1"
    KEY_2 = "key_2"
    KEY_3 = "key_3"
    KEY_4 = "key_4"
    KEY_5 = "key_5"
    KEY_6 = "key_6"
    KEY_7 = "key_7"
    KEY_8 = "key_8"
    KEY_9 = "key_9"
    KEY_10 = "key_10"
    KEY_11 = "key_11"
    KEY_12 = "key_12"
    KEY_13 = "key_13"
    KEY_14 = "key_14"
    KEY_15 = "key_15"
    KEY_16 = "key_16"
    KEY_17 = "key_17"
    KEY_18 = "key_18"
    KEY_19 = "key_19"
    KEY_20 = "key_20"
    KEY_21 = "key_21"
    KEY_22 = "key_22"
    KEY_23 = "key_23"
    KEY_24 = "key_24"
    KEY_25 = "key_25"
    KEY_26 = "key_26"
    KEY_27 = "key_27"
    KEY_28 = "key_28"
    KEY_29 = "key_29"
    KEY_30 = "key_30"
    KEY_31 = "key_31"
    KEY_32 = "key_32"
    KEY_33 = "key_33"
    KEY_34 = "key_34"
    KEY_35 = "key_35"
    KEY_36 = "key_36"
    KEY_SPACE = "key_space"
    KEY_SHIFT = "key_shift"
    KEY_LETTERS = "key_letters"
    KEY_ACCENTS = "key_accents"
    KEY_FIGURES = "key_figures"
    ERASE = "erase"
    SEND = "send"
    SEND_PIN = "send_pin"
    OLDER = "older"
    NEWER = "newer"
    ACCESS = "access"
    MODE_LARGE = "mode_large"
    MODE_CONTRAST = "mode_contrast"
    MODE_SPOKEN = "mode_spoken"
    MODE_LOW = "mode_low"
    MODE_LEFT = "mode_left"
    MODE_SLOW = "mode_slow"
    MODE_CALM = "mode_calm"
    MODE_RESET = "mode_reset"
    PULL = "pull"
    SPEAK_FR = "speak_fr"
    SPEAK_DE = "speak_de"
    SPEAK_IT = "speak_it"
    SPEAK_EN = "speak_en"
    SPEAK_ZH = "speak_zh"


SPEAKS: dict[Action, Language] = {
    Action.SPEAK_FR: "fr",
    Action.SPEAK_DE: "de",
    Action.SPEAK_IT: "it",
    Action.SPEAK_EN: "en",
    Action.SPEAK_ZH: "zh",
}

WHY_ROWS: tuple[Action, ...] = (Action.WHY_1, Action.WHY_2, Action.WHY_3)
"""The rows of a page of tickets, from the top."""
assert len(WHY_ROWS) == KIOSK_TICKETS_PER_PAGE

CHOICES: tuple[Action, ...] = tuple(Action(f"choose_{number}") for number in range(1, 9))
"""The rows or tiles of a page, in reading order: what stands there is the journey's."""

KEYS: tuple[Action, ...] = tuple(Action(f"key_{number}") for number in range(1, 37))
"""The keys of the keyboard that type, in reading order: what they type is the sheet's (`keyboard`)."""

DIGITS: dict[Action, str] = {Action(f"digit_{number}"): str(number) for number in range(10)}

Farewell = Literal["done", "timed_out", "too_short"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The balance counts from the old to the new points, from `started_ms` on."""

    from_points: int
    to_points: int
    started_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PinPad:
    """What was typed so far, which no log prints; or why what was sent was not right."""

    typed: str = field(default="", repr=False)
    trouble: PinOutcome | Literal[""] = ""
    tries_left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a page asked the agent, to read and change nothing, so that it may be asked once more.

    screen, page: where it was asked, as they were then. make: builds it of a request_id.
    """

    screen: Screen
    page: "JourneyPage"
    make: Callable[[str], FromKiosk]


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyPage:
    """What a journey keeps while one of `screens` is shown or covered; it is forgotten with them.

    `request_id`: of the answer that is awaited since `asked_ms`; empty where none is.
    """

    screens: ClassVar[frozenset[Screen]]
    request_id: str = ""
    asked_ms: int = 0
    wakes_ms: int = 0
    """When the journey wants to be woken, while one of its screens is shown; 0: never."""
    reading: Question | None = field(default=None, repr=False, compare=False)
    """What is awaited, or was asked last, where it only reads."""
    unread: Question | None = field(default=None, repr=False, compare=False)
    """What central did not answer: it may be asked again (`kiosk.flow.journeys.base.ask_again`)."""

    @property
    def takes_cards(self) -> bool:
        """Whether a card that is presented now belongs to the page, and opens no visit."""
        return False

    @property
    def moves_until_ms(self) -> int:
        """Until when something moves on its screens."""
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that the screens may draw from. `_ms` values are monotonic.

    `agent` never carries a session: the member data of the kiosk are in `session`, and in `journey` as long
    as its screens are shown, so forgetting is two assignments. `ended` holds the latest tap and session ids
    that are over: late news of them is ignored.
    """

    default_language: Language
    language: Language
    screen: Screen = Screen.STARTING
    is_language_chosen: bool = False
    mode: Mode = PLAIN
    """How the screen is shown, as somebody chose it for this visit."""
    has_headphones: bool = False
    """Plugged in now: only they hear what is a member's."""
    pulled: int = 0
    """How far the screen is pulled down, where everything has to be in reach: `kiosk.flow.access`."""
    entered_ms: int = 0
    touched_ms: int = 0
    agent: AgentState | None = None
    is_agent_up: bool = False
    was_agent_up: bool = False
    is_reader_up: bool = False
    is_reader_lost: bool = False
    may_reader_return: bool = True
    tap_id: str = ""
    session: Session | None = None
    refusal: Refusal | None = None
    card_on_reader: str = ""
    ended: tuple[str, ...] = ()
    behind: Screen = Screen.MEMBER
    page: int = 0
    count: Count | None = None
    journey: JourneyPage | None = None
    pad: PinPad = PinPad()
    request_id: str = ""
    """What a person of staff asked for, and is not answered yet."""
    requests: int = 0
    chance: str = field(default="", repr=False)
    """What this kiosk keeps to itself, made at its start: the players' seeds come from it."""
    wish: Action | None = None
    is_wish_refused: bool = False
    """What a person of staff asked for last on their page, by its entry; and that it was not done."""
    farewell: Farewell = "done"
    left_ms: int = 0
    """When the card left while its last screen may still be read; 0 while it lies there."""

    @property
    def is_unpaired(self) -> bool:
        """Whether the agent waits for its token: cards and readers mean nothing then."""
        return self.agent is not None and self.agent.pairing is not None

    @property
    def usual_mode(self) -> Mode:
        """The mode of whoever has chosen none: as staff set it for this kiosk, read out to headphones."""
        comfort = self.agent.comfort if self.agent else USUAL
        return Mode(
            is_large=comfort.is_large,
            is_contrast=comfort.is_contrast,
            is_left_handed=comfort.is_left_handed,
            is_spoken=self.has_headphones,
        )

    @property
    def shown(self) -> Screen:
        """The screen, or what a cover stands over."""
        return self.behind if self.screen in COVERS else self.screen

    @property
    def is_choice_kept(self) -> bool:
        """Whether language and mode go on with the next card: nobody's visit chose them."""
        return self.is_without_card or self.shown in WITHOUT_VISIT

    @property
    def is_without_card(self) -> bool:
        """Whether no card's visit is under way: what was chosen just before a tap is meant for it."""
        is_cover = self.screen in (Screen.ACCESS, Screen.LANGUAGES)
        is_free = is_cover and not self.tap_id and self.session is None
        return is_free or self.screen in IDLE_SCREENS or self.screen in VISITOR_SCREENS

    @property
    def session_id(self) -> str:
        """The agent's name for the session shown, empty when it has none yet."""
        return self.session.session_id if self.session else ""
