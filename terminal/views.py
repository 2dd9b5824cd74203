"""From central's answers to what the kiosk shows."""

from importlib.metadata import version
from typing import Final, get_args

import msgspec

from loyalty.programme.identification import CHALLENGEABLE, Act, Strength
from terminal.central_link import CentralLink
from terminal.session import CardSession
from wire.api import ProfileView
from wire.api_catalogue import GroupView, NoticeView
from wire.face import FONTS, Notice, Theme
from wire.messages import (
    AgentState,
    Expiring,
    Language,
    MemberView,
    Milestone,
    Session,
    Spending,
    Staff,
    Ticket,
)

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
NO_THEME: Final = Theme(name="Officine")
SOFTWARE_VERSION: Final = version("officine")
"""Read once: that looks through folders."""


def agent_state(
    revision: int, link: CentralLink, group: GroupView | None, session: CardSession | None, outbox_depth: int
) -> AgentState:
    """Everything the kiosk must know."""
    shop = group.shop if group else None
    return AgentState(
        revision=revision,
        link=link.state,
        link_since_ms=link.since_ms,
        outbox_depth=outbox_depth,
        theme=theme(group) if group else NO_THEME,
        currency=group.currency if group else "",
        shop_name=shop.name if shop else "",
        time_zone=shop.time_zone if shop else "UTC",
        languages=languages_of(group),
        session=kiosk_session(session) if session is not None and session.is_shown else None,
        notices=tuple(_notice(one) for one in group.notices) if group else (),
        version=SOFTWARE_VERSION,
    )


def kiosk_session(session: CardSession) -> Session:
    """The session as the screen may know it."""
    if session.staff is not None:
        may = session.staff.may
        staff = Staff(
            name=session.staff.name,
            may_pair_tills="pair_tills" in may,
            may_look_after="look_after" in may,
            asks_pin=session.staff.asks_pin,
        )
        return Session(session_id=session.session_id, tap_id=session.tap_id, state="open", staff=staff)
    member = None
    if session.profile is not None:
        member = msgspec.structs.replace(
            member_view(session.profile),
            asks_pin=session.asks_pin,
            spending=_spending(session),
            may_donate=_may_move(session, Act.DONATE),
            has_worth=session.profile.milestone is not None,
            may_convert=session.profile.milestone is not None and _may_move(session, Act.REDEEM),
            is_carer=session.identified is not None and session.identified.is_carer,
        )
    return Session(
        session_id=session.session_id,
        tap_id=session.tap_id,
        state="refused" if session.refusal else "open" if member else "asking",
        refusal=session.refusal,
        in_cut=session.in_cut,
        member=member,
        last_award_points=session.last_award_points,
        pending_tickets=len(session.pending),
    )


def _spending(session: CardSession) -> Spending | None:
    """What to say of paying with points: None where the card can, itself or by a challenge, or none can."""
    if session.identified is None or session.evidence.medium in CHALLENGEABLE:
        return None
    limit = next((each for each in session.identified.limits if each.act == Act.REDEEM.value), None)
    if limit is None or limit.most is None or not limit.needs:
        return None
    return Spending(most=limit.most)


def _may_move(session: CardSession, act: Act) -> bool:
    """Whether this card, as it was shown, once it answers a challenge or with its PIN, may do this with
    points.
    """
    known = session.identified
    limit = next((each for each in known.limits if each.act == act.value), None) if known else None
    if limit is None:
        return False
    by_challenge = limit.needs == Strength.CHIP_CHALLENGE.name.lower()
    by_pin = limit.needs == Strength.CARD_AND_PIN.name.lower() and known is not None and known.has_pin
    return limit.most != 0 or by_pin or (by_challenge and session.evidence.medium in CHALLENGEABLE)


def member_view(profile: ProfileView) -> MemberView:
    """Central already cut the profile to what the evidence allows; the screen shows it as it is."""
    return MemberView(
        display_name=profile.display_name,
        language=_language(profile.language),
        points=profile.points,
        points_from=profile.points_from,
        points_to=profile.points_to,
        points_today=profile.points_today,
        worth_minor=profile.worth_minor,
        milestone=Milestone(points=profile.milestone.points, worth_minor=profile.milestone.worth_minor)
        if profile.milestone
        else None,
        expiring=Expiring(points=profile.expiring.points, last_day=profile.expiring.last_day)
        if profile.expiring
        else None,
        tickets=tuple(
            Ticket(
                occurred_ms=ticket.occurred_ms,
                shop_name=ticket.shop_name,
                total_minor=ticket.total_minor,
                points=ticket.points,
            )
            for ticket in profile.tickets
        ),
        may_see_tickets="see_ticket_totals" in profile.may,
        may_block="block_card" in profile.may,
    )


def theme(group: GroupView) -> Theme:
    """The group's face."""
    names = {known: group.names[known] for known in LANGUAGES if known in group.names}
    font = next((known for known in FONTS if known == group.font), FONTS[0])
    return Theme(name=group.name, names=names, brand=group.brand, brand_tint=group.brand_tint, font=font)


def languages_of(group: GroupView | None) -> tuple[Language, ...]:
    """Those of the group that we have, its first one first; all where it names none."""
    wanted = group.languages if group else []
    return tuple(known for name in wanted for known in LANGUAGES if known == name) or LANGUAGES


def _language(name: str) -> Language:
    return next((known for known in LANGUAGES if known == name), "fr")


def _notice(told: NoticeView) -> Notice:
    return Notice(
        title={known: told.title[known] for known in LANGUAGES if known in told.title},
        text={known: told.text[known] for known in LANGUAGES if known in told.text},
        from_day=told.from_day,
        to_day=told.to_day,
    )
