"""The card session as a pure state machine: cards on the reader and cards that tills acquired.

One card is current: the last tapped. The kiosk shows it until it ends; a till may use it while it lies on the
reader, and later by the reference of its CardAcquisition. A card bound to one till is no other till's card.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import msgspec

from loyalty.limits.terminal import CARD_SESSION_LIFETIME_S, CARDS_ACQUIRED_MAX
from loyalty.programme.numbers import is_same_number
from wire.api import IdentifyView, ProfileView
from wire.api_tills import StaffHolderView
from wire.messages import LYING_MEDIA, Evidence, InCut, Refusal

LIFETIME_MS: Final = CARD_SESSION_LIFETIME_S * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSession:
    """One card from its tap on. `profile` is what central last said of its member."""

    session_id: str
    tap_id: str
    evidence: Evidence
    expires_ms: int | None
    """When a card read in passing is forgotten; None for one that lies on the reader."""
    is_shown: bool = True
    identified: IdentifyView | None = None
    profile: ProfileView | None = None
    staff: StaffHolderView | None = None
    """Of a card of staff: it is no member's, so to tills it is refused."""
    refusal: Refusal | None = None
    refusal_text: str = ""
    last_award_points: int | None = None
    pending: frozenset[str] = frozenset()
    bound_to: str | None = None
    in_cut: InCut | None = None
    """Of a card that central could not be asked about, and that points are set aside for here."""
    uid: str = ""
    """What the chip calls itself, where the reader saw that beside the evidence."""

    @property
    def asks_pin(self) -> bool:
        """Whether a PIN would show more of this member, and none was typed for this tap."""
        known = self.identified
        return known is not None and known.has_pin and not known.pin_proof

    @property
    def pin_proof(self) -> str:
        """What a right PIN left: it goes with the evidence of this tap."""
        return self.identified.pin_proof if self.identified else ""

    @property
    def is_asking(self) -> bool:
        """Central has not answered yet."""
        return self.identified is None and self.refusal is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquired:
    """A card a till acquired; its reference works for that till alone, until `expires_ms`."""

    sale_id: str
    session_id: str
    tap_id: str
    evidence: Evidence
    card_number: str
    expires_ms: int
    uid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """All a terminal knows about cards at a moment."""

    current: CardSession | None = None
    acquired: Mapping[str, Acquired] = field(default_factory=lambda: MappingProxyType({}))


def tapped(
    s: Sessions, *, session_id: str, tap_id: str, evidence: Evidence, now_ms: int, uid: str = ""
) -> Sessions:
    """A card was presented: it becomes the current one."""
    expires_ms = None if evidence.medium in LYING_MEDIA else now_ms + LIFETIME_MS
    session = CardSession(
        session_id=session_id, tap_id=tap_id, evidence=evidence, expires_ms=expires_ms, uid=uid
    )
    return replace(s, current=session)


def identified(s: Sessions, session_id: str, view: IdentifyView) -> Sessions:
    """Central knows the card."""
    return _change(
        s, session_id, identified=view, profile=view.profile, refusal=None, refusal_text="", in_cut=None
    )


def refreshed(s: Sessions, session_id: str, profile: ProfileView) -> Sessions:
    """Central told the member's profile anew; what was proved and asked stays."""
    return _change(s, session_id, profile=profile)


def pin_judged(s: Sessions, session_id: str, *, has_pin: bool, pin_proof: str = "") -> Sessions:
    """What is known of the PIN of the card that lies there; nothing else changes."""
    if s.current is None or s.current.identified is None:
        return s
    known = msgspec.structs.replace(s.current.identified, has_pin=has_pin, pin_proof=pin_proof)
    return _change(s, session_id, identified=known)


def points_moved(s: Sessions, session_id: str, points: int) -> Sessions:
    """The member moved points here: what is left is known, what follows from it is not told any more."""
    if s.current is None or s.current.profile is None:
        return s
    profile = msgspec.structs.replace(
        s.current.profile, points=points, worth_minor=0, milestone=None, expiring=None
    )
    return _change(s, session_id, profile=profile)


def refused(
    s: Sessions, session_id: str, refusal: Refusal, text: str, *, in_cut: InCut | None = None
) -> Sessions:
    """Central refused the card, or could not be asked: then `in_cut` is what is known here of it."""
    return _change(
        s, session_id, identified=None, profile=None, refusal=refusal, refusal_text=text, in_cut=in_cut
    )


def cut_told(s: Sessions, session_id: str, in_cut: InCut | None) -> Sessions:
    """What may be burned here of a card changed, while central is away."""
    return _change(s, session_id, in_cut=in_cut)


def staffed(s: Sessions, session_id: str, view: StaffHolderView, text: str) -> Sessions:
    """A card of staff: it opens the screen to its holder, and is nobody's to a till."""
    return _change(
        s, session_id, identified=None, profile=None, staff=view, refusal="staff_card", refusal_text=text
    )


def asked_again(s: Sessions, session_id: str) -> Sessions:
    """The question goes to central once more."""
    return _change(s, session_id, refusal=None, refusal_text="", identified=None, profile=None, in_cut=None)


def removed(s: Sessions, tap_id: str) -> Sessions:
    """The card was taken off the reader."""
    if s.current is None or s.current.tap_id != tap_id:
        return s
    return replace(s, current=None)


def ended(s: Sessions, session_id: str) -> Sessions:
    """The member left the screen: nothing is shown any more. A card that still lies there still earns."""
    if s.current is None or s.current.session_id != session_id:
        return s
    if s.current.expires_ms is not None:
        return replace(s, current=None)
    return replace(s, current=replace(s.current, is_shown=False))


def expired(s: Sessions, now_ms: int) -> Sessions:
    """Forget what outlived its time; the same object when nothing did."""
    if s.current is not None and s.current.expires_ms is not None and s.current.expires_ms <= now_ms:
        s = replace(s, current=None)
    kept = {reference: card for reference, card in s.acquired.items() if card.expires_ms > now_ms}
    return s if len(kept) == len(s.acquired) else replace(s, acquired=MappingProxyType(kept))


def card_for(s: Sessions, sale_id: str, now_ms: int) -> CardSession | None:
    """The card on the reader that this till may use."""
    current = expired(s, now_ms).current
    return current if current is not None and current.bound_to in (None, sale_id) else None


def till_of_card(s: Sessions, now_ms: int) -> str | None:
    """Whose ticket the card on the reader belongs to; None: no card lies there, or no till took it."""
    current = expired(s, now_ms).current
    return None if current is None else current.bound_to


def bound(s: Sessions, session_id: str, sale_id: str) -> Sessions:
    """The card now belongs to this till's ticket."""
    return _change(s, session_id, bound_to=sale_id)


def unbound(s: Sessions, sale_id: str) -> Sessions:
    """The till gave its sale up: the card on the reader is free for another."""
    if s.current is None or s.current.bound_to != sale_id:
        return s
    return replace(s, current=replace(s.current, bound_to=None))


def acquired(s: Sessions, *, session: CardSession, sale_id: str, reference: str, now_ms: int) -> Sessions:
    """A till took the card: remember it under the reference of the answer."""
    card = Acquired(
        sale_id=sale_id,
        session_id=session.session_id,
        tap_id=session.tap_id,
        evidence=session.evidence,
        card_number=session.identified.card_number if session.identified else "",
        expires_ms=now_ms + LIFETIME_MS,
        uid=session.uid,
    )
    cards = dict(expired(s, now_ms).acquired)
    while len(cards) >= CARDS_ACQUIRED_MAX:
        del cards[next(iter(cards))]
    cards[reference] = card
    return replace(bound(s, session.session_id, sale_id), acquired=MappingProxyType(cards))


def card_of_reference(s: Sessions, sale_id: str, reference: str, now_ms: int) -> Acquired | None:
    """The card behind a reference, for the till that acquired it."""
    card = s.acquired.get(reference)
    return card if card is not None and card.sale_id == sale_id and card.expires_ms > now_ms else None


def card_of_number(s: Sessions, sale_id: str, card_number: str, now_ms: int) -> Acquired | None:
    """The card this till acquired last under this number: a till may echo the number we gave it."""
    for card in reversed(tuple(s.acquired.values())):
        is_it = is_same_number(card.card_number, card_number)
        if card_number and is_it and card.sale_id == sale_id and card.expires_ms > now_ms:
            return card
    return None


def used(s: Sessions, reference: str, now_ms: int) -> Sessions:
    """A reference lives on from its last use: paying may take longer than tapping."""
    card = s.acquired.get(reference)
    if card is None:
        return s
    return replace(
        s,
        acquired=MappingProxyType({**s.acquired, reference: replace(card, expires_ms=now_ms + LIFETIME_MS)}),
    )


def is_of_current(s: Sessions, evidence: Evidence) -> bool:
    """Whether evidence is of the current card: the same tap, or the number central gave it."""
    current = s.current
    if current is None:
        return False
    number = current.identified.card_number if current.identified else None
    return evidence == current.evidence or evidence.value == number


def noted(s: Sessions, entry_id: str, evidence: Evidence | None) -> Sessions:
    """A ticket of the current card is in the outbox."""
    if s.current is None or evidence is None or not is_of_current(s, evidence):
        return s
    return replace(s, current=replace(s.current, pending=s.current.pending | {entry_id}))


def booked(
    s: Sessions, entry_id: str, evidence: Evidence | None, *, points: int, profile: ProfileView | None
) -> Sessions:
    """Central booked a ticket (or a return: points below zero) of the current card."""
    if s.current is None or evidence is None or not is_of_current(s, evidence):
        return s
    current = replace(s.current, pending=s.current.pending - {entry_id}, last_award_points=points)
    if profile is not None and current.identified is not None:
        current = replace(current, profile=profile)
    return replace(s, current=current)


def dropped(s: Sessions, entry_id: str) -> Sessions:
    """Central refused a ticket: it no longer waits."""
    if s.current is None or entry_id not in s.current.pending:
        return s
    return replace(s, current=replace(s.current, pending=s.current.pending - {entry_id}))


def _change(s: Sessions, session_id: str, **changes: object) -> Sessions:
    if s.current is None or s.current.session_id != session_id:
        return s
    return replace(s, current=replace(s.current, **changes))  # type: ignore[arg-type]
