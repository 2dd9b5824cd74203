"""What the three processes of a terminal say to each other over AF_UNIX, one JSON line per message.

Every message is a tagged struct; the tag is the message's name in snake case and stands in the member `kind`.
The reader daemon speaks to the agent and the kiosk; the agent and the kiosk speak to each other.
Baskets and pictures never cross these sockets (the live screen has one of its own, `wire.live_screen`).
"""

from typing import Annotated, Final, Literal

import msgspec

from loyalty.limits.cards import PIN_DIGITS_MAX
from loyalty.limits.readers import CARD_TALK_COMMANDS_MAX
from loyalty.limits.tills import APDU_DATA_BYTES_MAX
from loyalty.programme.opening_hours import OpeningHours
from wire import message_base
from wire.carers import CarersTold, OfCarers
from wire.comfort import USUAL, Comfort, SetComfort
from wire.conversions import ConversionAnswer, OfConversions
from wire.day_totals import DayTotalsTold
from wire.face import Notice, Poster, Theme
from wire.games import GamesTold, ListGames, PlayGame, PlayTold
from wire.join import AskJoin, JoinNow, JoinTold
from wire.looking_after import DiagnosisTold, OfLookingAfter, ReaderTest, Reenrolling, SupportShown
from wire.lost_cards import EnterLostCode, LostTold, ReportLost
from wire.my_details import DetailsTold, OfMyDetails
from wire.my_value import OfMyValue, ValueTold
from wire.new_pins import NewPinTold, OfNewPins, PinHolderTold, PinWish
from wire.packs import AskPack, PackTold, ScanPacks
from wire.pharmacist import AskPharmacist, ChoosePharmacist, PharmacistTold
from wire.printing import PrinterState, PrintSlip, PrintTold
from wire.promotions import AskPromotions, PromotionsTold
from wire.replacements import OfReplacements, ReplacementTold
from wire.shop_messages import WriteToShop
from wire.shop_pages import AskShops, ShopTold
from wire.tills import AnswerPrompt, OfTills, TillPairing, TillPrompt
from wire.why import AskWhy, Why

PROTOCOL = 2
"""Raised when a message changes its meaning; both ends refuse another number with a clear error."""

Language = message_base.Language
Message = message_base.Message
Medium = Literal["nfc_uid", "ntag424", "chip", "barcode", "qr", "phone", "typed"]
DriverName = Literal["simulated", "pcsc", "nfc", "serial", "keyboard"]
"""The reader's drivers, as the settings name them."""
LYING_MEDIA: frozenset[Medium] = frozenset({"nfc_uid", "ntag424", "chip"})
"""Media that lie on the reader until taken off; the others are read in passing and leave nothing there."""


class Hello(Message, frozen=True):
    """The first message of both ends: who speaks, which protocol.

    started_with: the marks of a serving program's settings (`wire.marks`), for `officine doctor`.
    """

    program: Literal["reader", "terminal", "kiosk", "control"]
    version: str
    protocol: int = PROTOCOL
    started_with: dict[str, str] = {}


# Reader daemon -> terminal agent, kiosk ---------------------------------------------------------------------


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a reader saw, unjudged: central decides what it proves.

    `value` is the card's UID in upper-case hex for NFC, the digits for a barcode, the message for a SUN card,
    `iccsn:` and the serial number of a contact chip card; `health_card` where it would be the number of one.
    """

    medium: Medium
    value: str


class ReaderTrouble(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with one driver, in our own words only: fit for a support bundle."""

    driver: str
    reason: str


SIMULATED_READER: Final = "Simulated reader"
"""What the simulated reader calls itself: no product's name, and said in a screen's language."""


class ReaderState(Message, frozen=True):
    """The reader's health, sent in full on connect and on every change.

    reader: what the readers call themselves. detail: the trouble, a line for each driver that has some.
    troubles: the same as words.
    """

    state: Literal["starting", "ready", "lost", "needs_help"]
    reader: str
    since_ms: int
    detail: str = ""
    troubles: tuple[ReaderTrouble, ...] = ()


class CardPresented(Message, frozen=True):
    """A card was read. A moment: dropped after `expires_ms`, never replayed to a later connection.

    `tap_id` follows the tap through all processes and logs. `at_monotonic_ns` is CLOCK_MONOTONIC of the
    machine, shared by its processes: benches measure from here to the finished frame.
    """

    tap_id: str
    evidence: Evidence
    at_ms: int
    at_monotonic_ns: int
    expires_ms: int
    uid: str = ""
    """What the chip calls itself, upper-case hex, where the evidence does not say so in the open (a message
    of a chip): in a cut it tells which lease the card has. It proves nothing."""
    reader: str = ""
    """What read it, as a technician knows it. `took_ms`: from the card to here; 0: not measured."""
    took_ms: int = 0

    def is_over(self, now_monotonic_ns: int) -> bool:
        """Whether the moment has passed. By CLOCK_MONOTONIC: a wall clock set meanwhile makes no tap old."""
        lifetime_ns = (self.expires_ms - self.at_ms) * 1_000_000
        return now_monotonic_ns - self.at_monotonic_ns >= lifetime_ns


class CardRemoved(Message, frozen=True):
    """The card of `tap_id` left the reader; for barcodes never sent."""

    tap_id: str
    at_ms: int


# Terminal agent -> reader daemon (and the command line, to write cards) -------------------------------------

TalkPurpose = Literal["proof", "till", "personalise"]
"""What commands to a card are for: each has its own list of commands in the reader daemon."""
TalkTrouble = Literal[
    "card_gone", "not_permitted", "too_many", "too_slow", "card_silent", "reader_cannot", "busy"
]
"""Why a talk was not carried, or ended. card_gone: no card of that tap lies there (any more)."""
Apdu = Annotated[str, msgspec.Meta(max_length=2 * (APDU_DATA_BYTES_MAX + 6), pattern="^([0-9A-F]{2})*$")]
"""A command or an answer in upper-case hex."""


class CardCommands(Message, frozen=True):
    """Send these commands to the card of `tap_id`, one after the other, if it still lies there.

    They end at the first whose answer is none of `goes_on`: status words after which the next is sent.
    is_first: the card is reset before, and forgets what was selected and proved.
    """

    request_id: str
    tap_id: str
    purpose: TalkPurpose
    commands: Annotated[tuple[Apdu, ...], msgspec.Meta(max_length=CARD_TALK_COMMANDS_MAX)] = ()
    goes_on: tuple[str, ...] = ("9000", "9100", "91AF")
    is_first: bool = False


class CardAnswers(Message, frozen=True):
    """What the card answered, one for each command that was sent; its ATR where it was reset."""

    request_id: str
    answers: tuple[str, ...] = ()
    atr: str = ""
    trouble: TalkTrouble | Literal[""] = ""


# Terminal agent -> kiosk ------------------------------------------------------------------------------------


class Ticket(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One sale as totals: no product ever reaches the kiosk this way. Points may be negative (a return)."""

    occurred_ms: int
    shop_name: str
    total_minor: int
    points: int
    sale_id: str = ""
    """What `AskWhy` asks for; empty where nothing can be asked."""


class Expiring(msgspec.Struct, frozen=True, kw_only=True):
    """The next points to expire: how many, and their last day (ISO date, the shop's time zone)."""

    points: int
    last_day: str


class Milestone(msgspec.Struct, frozen=True, kw_only=True):
    """The next voucher in reach: at `points` in all, worth `worth_minor`."""

    points: int
    worth_minor: int


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What this card may pay with, where another may more: points at a time (`most`, 0: none)."""

    most: int


class MemberView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the strength of the evidence lets the screen show of a member.

    Either `points` (strong enough) or `points_from`/`points_to` (a bare number: a range only).
    `display_name` is discreet: "Mme A.", never the full name.
    """

    display_name: str
    language: Language = "fr"
    points: int | None = None
    points_from: int | None = None
    points_to: int | None = None
    points_today: int = 0
    worth_minor: int = 0
    milestone: Milestone | None = None
    expiring: Expiring | None = None
    tickets: tuple[Ticket, ...] = ()
    may_see_tickets: bool = False
    may_block: bool = False
    spending: Spending | None = None
    """Set where a card with a chip could pay with more points than this one."""
    asks_pin: bool = False
    """A PIN shows more: what was bought."""
    may_donate: bool = False
    """The card, itself or by a challenge, proves enough for points to be given away."""
    may_convert: bool = False
    """The same for points to be spent, and points are worth something."""
    has_worth: bool = False
    """The group says what points are worth."""
    is_carer: bool = False
    """Who stands there acts for this member: it is said on every page, and little is offered."""


Refusal = Literal[
    "unknown_card",
    "blocked_card",
    "expired_card",
    "replaced_card",
    "card_not_active",
    "unreadable_card",
    "health_card",
    "staff_card",
    "central_unreachable",
    "too_many_tries",
]


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """A person of staff, as central judged their card: what they may open on this screen."""

    name: str
    may_pair_tills: bool = False
    may_look_after: bool = False
    asks_pin: bool = False
    """Their code is asked for before a till is paired."""


class InCut(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a terminal knows of a card while central is away, and points are set aside for it here.

    `balance`: the member's points as central last told them for this card, at `balance_ms` (UTC); None: it
    did not. `points`, worth `worth_minor`: what may pay at the till now; 0: nothing, until the line is back.
    """

    points: int
    worth_minor: int
    balance: int | None = None
    balance_ms: int = 0


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The card session: one card, from tap to removal or time-out."""

    session_id: str
    tap_id: str
    state: Literal["asking", "open", "refused"]
    refusal: Refusal | None = None
    in_cut: InCut | None = None
    """Beside the refusal `central_unreachable`."""
    member: MemberView | None = None
    staff: Staff | None = None
    """Set for a card of staff: the session is open, and there is no member."""
    last_award_points: int | None = None
    """Set when a ticket was booked in this session; negative after a return."""
    pending_tickets: int = 0
    """Tickets of this session noted in the outbox, not yet credited."""


class Pairing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a terminal without a token shows: facts to compare, and the code to pass on. No secrets.

    `code` is empty until central gave one; `qr` is the content of the QR code.
    """

    code: str
    qr: str
    serial: str
    addresses: tuple[str, ...]
    version: str
    poi_id: str


class OfflineState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the terminal works with while central is away, and of when: UTC milliseconds, 0: never had.

    `is_bundle_usable`: tickets are priced from it; where not they are only noted. `may_redeem`: the list of
    blocked cards is young enough for value to be spent.
    """

    bundle_number: int = 0
    bundle_ms: int = 0
    is_bundle_usable: bool = False
    hot_list_ms: int = 0
    hot_cards: int = 0
    may_redeem: bool = False


class AgentState(Message, frozen=True):
    """Everything the kiosk must know, whole, on connect and after every change (`revision` rises by one)."""

    revision: int
    link: Literal["up", "down", "connecting"]
    link_since_ms: int
    outbox_depth: int
    theme: Theme
    currency: str
    shop_name: str
    time_zone: str
    languages: tuple[Language, ...]
    session: Session | None = None
    notices: tuple[Notice, ...] = ()
    posters: tuple[Poster, ...] = ()
    pictures_dir: str = ""
    """Where the files of posters and logo lie, each under its hash; the kiosk may read there."""
    prompt: TillPrompt | None = None
    """Shown over the member's pages; without a member it is not shown."""
    offline: OfflineState | None = None
    printer: PrinterState | None = None
    """None: this terminal has no printer, and nothing is offered to be printed."""
    till_pairing: TillPairing | None = None
    wants_card: bool = False
    """Value is to move, or a PIN, and the card must be there: ask the member to hold it to the reader."""
    pin_wish: PinWish | None = None
    """For the member who stands there, or whoever comes next with a card."""
    training: tuple[str, ...] = ()
    """Tills whose staff practise: what they say is booked nowhere. `ALL_TILLS`: every one."""
    comfort: Comfort = USUAL
    reader_test: ReaderTest | None = None
    """Set while staff try the reader: cards are nobody's then."""
    support: SupportShown | None = None
    reenrolling: Reenrolling | None = None
    hours: OpeningHours | None = None
    """When this shop is open; None: not known."""
    version: str = ""
    """Of the terminal's software."""
    pairing: Pairing | None = None
    """Set before the terminal has its token; nothing else of the state means anything then."""


class CommandResult(Message, frozen=True):
    """The answer to one command of the kiosk."""

    request_id: str
    is_done: bool
    error: str = ""


PinOutcome = Literal["right", "wrong", "locked", "central_unreachable", "not_here"]


class PinTold(Message, frozen=True):
    """The answer to `EnterPin`; `tries_left` after a wrong one."""

    request_id: str
    outcome: PinOutcome
    tries_left: int = 0


# Kiosk -> terminal agent ------------------------------------------------------------------------------------


class EndSession(Message, frozen=True):
    """The member left: time-out, button, or card gone. Unknown or ended sessions are ignored."""

    session_id: str


class BlockCard(Message, frozen=True):
    """The member blocks the card of this session (P-37)."""

    request_id: str
    session_id: str


class EnterPin(Message, frozen=True):
    """The member typed a PIN: judged by central, kept and logged nowhere."""

    request_id: str
    session_id: str
    pin: Annotated[str, msgspec.Meta(max_length=PIN_DIGITS_MAX)]

    def __repr__(self) -> str:
        """Without the PIN, wherever a message is printed."""
        return f"EnterPin(request_id={self.request_id!r}, session_id={self.session_id!r})"


class FrameShown(Message, frozen=True):
    """The kiosk finished a frame showing this agent revision; once per revision, feeds the metrics."""

    revision: int
    screen: str
    tap_id: str = ""
    shown_monotonic_ns: int = 0


FromReader = Hello | ReaderState | CardPresented | CardRemoved | CardAnswers
ToReader = Hello | CardCommands
OfThePharmacy = ShopTold | PackTold | PharmacistTold
Answer = (
    CommandResult
    | Why
    | PinTold
    | PrintTold
    | GamesTold
    | PlayTold
    | OfThePharmacy
    | ValueTold
    | ConversionAnswer
    | PromotionsTold
    | LostTold
    | ReplacementTold
    | JoinTold
    | CarersTold
    | DetailsTold
    | DiagnosisTold
    | NewPinTold
    | PinHolderTold
    | DayTotalsTold
)
"""What the agent answers to a request of the kiosk: each carries its `request_id`."""
FromAgent = Hello | AgentState | Answer
OfVisitors = ReportLost | EnterLostCode | AskJoin | JoinNow
OfGames = ListGames | PlayGame
ToThePharmacy = AskShops | WriteToShop | AskPack | ScanPacks | AskPharmacist | ChoosePharmacist
FromKiosk = (
    Hello
    | EndSession
    | BlockCard
    | AskWhy
    | EnterPin
    | AnswerPrompt
    | FrameShown
    | PrintSlip
    | OfTills
    | OfGames
    | ToThePharmacy
    | SetComfort
    | OfLookingAfter
    | OfMyValue
    | OfConversions
    | AskPromotions
    | OfVisitors
    | OfReplacements
    | OfCarers
    | OfMyDetails
    | OfNewPins
)
