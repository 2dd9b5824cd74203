"""The demo group's shop, member and agent, as the scenes and tests tell of them; all invented."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, get_args

import msgspec

from loyalty.programme.member import Salutation, display_name
from wire.face import Notice, Poster, Theme
from wire.messages import (
    AgentState,
    Expiring,
    InCut,
    Language,
    MemberView,
    Milestone,
    OfflineState,
    Refusal,
    Session,
    Ticket,
)
from wire.tills import TillPairing, TillPrompt

PICTURES: Final = str(Path(__file__).parent / "pictures")
"""Drawn for this program; each file bears its hash as its name, as on a terminal."""
SMALL_PICTURE: Final = "874d67f0713b7521be28853abff9e6defee7d4234fe51c5da8d30df90d80c4b6"
LARGE_PICTURE: Final = "72babfec596a15e96e5f130cc91c7d8716117cf6c8b1803f4aeb9adad2763837"
LOGO: Final = "38c670754eed676a091711366d069fc89056358934f6be283f0244ec7ffbfa33"

TODAY: Final = date(2026, 11, 22)
MINUTE: Final = 10 * 60 + 15
"""A quarter past ten in the morning."""

THEME: Final = Theme(name="Pharmacies du Léman", names={"zh": "莱芒药房"})

NOTICES: Final = (
    Notice(
        title={
            "fr": "Vaccin contre la grippe",
            "de": "Grippeimpfung",
            "it": "Vaccino antinfluenzale",
            "en": "Flu vaccination",
            "zh": "流感疫苗接种",
        },
        text={
            "fr": "sans rendez-vous, le samedi matin",
            "de": "ohne Termin, am Samstagmorgen",
            "it": "senza appuntamento, il sabato mattina",
            "en": "no appointment, Saturday mornings",
            "zh": "周六上午，无需预约",
        },
    ),
    Notice(
        title={
            "fr": "Points doublés",
            "de": "Doppelte Punkte",
            "it": "Punti doppi",
            "en": "Double points",
            "zh": "双倍积分",
        },
        text={
            "fr": "sur les soins du visage, jusqu’à samedi",
            "de": "auf Gesichtspflege, bis Samstag",
            "it": "sulla cura del viso, fino a sabato",
            "en": "on face care, until Saturday",
            "zh": "面部护理产品，至周六",
        },
    ),
)


POSTER: Final = Poster(
    poster_id="sun",
    titles={
        "fr": "Bien protégé sous le soleil d’hiver",
        "de": "Gut geschützt in der Wintersonne",
        "it": "Ben protetti sotto il sole d’inverno",
        "en": "Well protected in the winter sun",
        "zh": "冬日阳光，好好防护",
    },
    texts={
        "fr": "20 % de points en plus sur les crèmes solaires",
        "de": "20 % mehr Punkte auf Sonnencremes",
        "it": "20 % di punti in più sulle creme solari",
        "en": "20 % more points on sun creams",
        "zh": "防晒霜积分多 20%",
    },
    aloud={
        "fr": "Image : une crème solaire sur une plage, sous un parasol.",
        "de": "Bild: eine Sonnencreme am Strand, unter einem Sonnenschirm.",
        "it": "Immagine: una crema solare su una spiaggia, sotto un ombrellone.",
        "en": "Picture: a sun cream on a beach, under a parasol.",
        "zh": "图片：海滩遮阳伞下的一支防晒霜。",
    },
    from_day="2026-11-01",
    to_day="2026-12-31",
    small=SMALL_PICTURE,
    large=LARGE_PICTURE,
)


def at(month: int, day: int, hour: int = 10, year: int = 2026) -> int:
    """A moment of the demo year, UTC milliseconds."""
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp() * 1000)


TICKETS: Final = (
    Ticket(occurred_ms=at(11, 22), shop_name="Nyon Gare", total_minor=3740, points=37, sale_id="sale-1"),
    Ticket(occurred_ms=at(11, 12), shop_name="Rolle", total_minor=1890, points=18, sale_id="sale-2"),
    Ticket(
        occurred_ms=at(10, 29), shop_name="Morges Grand-Rue", total_minor=12455, points=124, sale_id="sale-3"
    ),
    Ticket(occurred_ms=at(10, 3), shop_name="Nyon Gare", total_minor=-2990, points=-29, sale_id="sale-4"),
    Ticket(occurred_ms=at(9, 18), shop_name="Gland", total_minor=860, points=0, sale_id="sale-5"),
    Ticket(
        occurred_ms=at(12, 20, year=2025),
        shop_name="Nyon Gare",
        total_minor=4505,
        points=45,
        sale_id="sale-6",
    ),
    Ticket(
        occurred_ms=at(12, 2, year=2025), shop_name="Rolle", total_minor=2300, points=23, sale_id="sale-7"
    ),
)


MILESTONE: Final = Milestone(points=1500, worth_minor=1500)
EXPIRING: Final = Expiring(points=120, last_day="2026-12-31")
FRESH: Final = OfflineState(
    bundle_number=7,
    bundle_ms=at(11, 22),
    is_bundle_usable=True,
    hot_list_ms=at(11, 22),
    hot_cards=12,
    may_redeem=True,
)
LIST_OLD: Final = msgspec.structs.replace(FRESH, bundle_ms=at(11, 20), may_redeem=False)
DATA_OLD: Final = msgspec.structs.replace(FRESH, is_bundle_usable=False, may_redeem=False)


def a_member(
    *,
    points: int | None = 1248,
    points_today: int = 37,
    tickets: tuple[Ticket, ...] = TICKETS,
    worth_minor: int = 1200,
    milestone: Milestone | None = MILESTONE,
    expiring: Expiring | None = EXPIRING,
    language: Language = "fr",
    asks_pin: bool = False,
) -> MemberView:
    """A member whose card lies on the reader."""
    return MemberView(
        display_name=display_name("Aubert", Salutation.MS, language),
        language=language,
        points=points,
        points_today=points_today,
        worth_minor=worth_minor,
        milestone=milestone,
        expiring=expiring,
        tickets=tickets,
        may_see_tickets=True,
        may_block=True,
        asks_pin=asks_pin,
    )


def a_member_by_number(language: Language = "fr") -> MemberView:
    """A member of whom only a number is known: a range, and nothing else."""
    return MemberView(
        display_name=display_name("Aubert", Salutation.MS, language),
        language=language,
        points_from=1000,
        points_to=1500,
    )


def an_agent_state(
    *,
    revision: int = 1,
    session: Session | None = None,
    notices: tuple[Notice, ...] = NOTICES,
    link: str = "up",
    outbox_depth: int = 0,
    prompt: TillPrompt | None = None,
    offline: OfflineState | None = None,
    till_pairing: TillPairing | None = None,
    wants_card: bool = False,
    training: tuple[str, ...] = (),
) -> AgentState:
    """What the agent of the demo shop would say."""
    return AgentState(
        revision=revision,
        link="down" if link == "down" else "connecting" if link == "connecting" else "up",
        link_since_ms=0,
        outbox_depth=outbox_depth,
        theme=THEME,
        currency="CHF",
        shop_name="Nyon Gare",
        time_zone="Europe/Zurich",
        languages=get_args(Language),
        session=session,
        notices=notices,
        prompt=prompt,
        training=training,
        offline=offline,
        till_pairing=till_pairing,
        wants_card=wants_card,
    )


def a_session(
    member: MemberView | None = None,
    *,
    refusal: Refusal | None = None,
    pending: int = 0,
    in_cut: InCut | None = None,
) -> Session:
    """The card session of the tap `tap-1`."""
    state = "refused" if refusal else "open" if member else "asking"
    return Session(
        session_id="session-1",
        tap_id="tap-1",
        state="refused" if state == "refused" else "open" if state == "open" else "asking",
        refusal=refusal,
        in_cut=in_cut,
        member=member,
        pending_tickets=pending,
    )
