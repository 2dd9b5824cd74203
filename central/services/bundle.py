"""All services of one central, built once from the outside world they are given."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from central.services.cards.card_keys import CardKeysService
from central.services.cards.cards import CardsService
from central.services.cards.chip_messages import ChipMessages
from central.services.cards.hot_list import HotListService
from central.services.cards.phone_codes import PhoneCodes
from central.services.cards.staff_cards import StaffCardsService
from central.services.clearing.bundle import ClearingServices, build_clearing
from central.services.core.clock import Clock, Zones, system_clock
from central.services.core.context import Context
from central.services.core.events import EventsService
from central.services.core.known import Known
from central.services.core.pins import Pins
from central.services.core.sealing import Sealing
from central.services.core.tokens import AccessService
from central.services.core.vault import Vault
from central.services.counter.bundle import CounterServices, build_counter
from central.services.drafts.drafts import DraftsService
from central.services.drafts.simulation import SimulationService
from central.services.games.bundle import GameServices, build_games
from central.services.group.articles import ArticlesService
from central.services.group.bundles import BundlesService
from central.services.group.groups import GroupsService
from central.services.group.pairing import PairingService
from central.services.group.parties import PartiesService
from central.services.group.shops import ShopsService
from central.services.group.tills import TillsService
from central.services.ledger.conversions import ConversionsService
from central.services.ledger.corrections import CorrectionsService
from central.services.ledger.gifts import GiftsService
from central.services.ledger.goodwill import GoodwillService
from central.services.ledger.holdings import HoldingsService
from central.services.ledger.merging import MergingService
from central.services.ledger.upkeep import UpkeepService
from central.services.members.card_proofs import CardProofsService
from central.services.members.carer_names import CarerNames
from central.services.members.completing import CompletingService
from central.services.members.consents import ConsentsService
from central.services.members.erasure import ErasureService
from central.services.members.health_classes import HealthClassesService
from central.services.members.identify import IdentifyService
from central.services.members.invitations import InvitationsService
from central.services.members.members import MembersService
from central.services.members.messages import MessagesService, Outlets
from central.services.members.phone_cards import PhoneCardsService
from central.services.members.profile import ProfileService
from central.services.members.profiles import MemberProfilesService
from central.services.members.segments import SegmentsService
from central.services.members.sponsor_ranking import SponsorRankingService
from central.services.members.standings import StandingsService
from central.services.members.tiers import TiersService
from central.services.members.traits import TraitsService
from central.services.stored_value.bundle import StoredValueServices, build_stored_value
from central.services.tickets.claims import Claims
from central.services.tickets.late import LateTickets
from central.services.tickets.latitude_list import LatitudeListService
from central.services.tickets.leases.granting import LeasesService
from central.services.tickets.leases.settling import LeaseSettling
from central.services.tickets.line_keys import LineKeys
from central.services.tickets.quotes import QuotesService
from central.services.tickets.redeeming import Redeeming
from central.services.tickets.reserving import ReservationsService
from central.services.tickets.returns import ReturnsService
from central.services.tickets.sale_answers import SaleAnswers
from central.services.tickets.sale_terms import SaleTerms
from central.services.tickets.sales import SalesService
from central.services.tickets.tenders.guessing import Guesses
from central.services.tickets.tenders.known_cards import KnownCards
from central.services.tickets.tenders.paying import Paying
from central.services.tickets.tenders.refunding import Refunding
from central.services.tickets.terms import TermsService
from central.services.tickets.unclaiming import Unclaiming
from central.services.tickets.undoing import Undoing
from central.services.tickets.vouchers import Vouchers
from central.services.tickets.why import WhyService
from central.services.visits.bundle import VisitServices, build_visits
from central.settings import Secrets
from central.storage.base import Store

NO_OUTLETS: Final[Outlets] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services by noun. The web, the command line and importers all go through these."""

    store: Store
    clock: Clock
    access: AccessService
    groups: GroupsService
    shops: ShopsService
    visits: VisitServices
    articles: ArticlesService
    members: MembersService
    carer_names: CarerNames
    traits: TraitsService
    cards: CardsService
    card_keys: CardKeysService
    identify: IdentifyService
    card_proofs: CardProofsService
    quotes: QuotesService
    reservations: ReservationsService
    sales: SalesService
    returns: ReturnsService
    leases: LeasesService
    events: EventsService
    why: WhyService
    gifts: GiftsService
    holdings: HoldingsService
    conversions: ConversionsService
    corrections: CorrectionsService
    goodwill: GoodwillService
    latitude: LatitudeListService
    drafts: DraftsService
    simulation: SimulationService
    upkeep: UpkeepService
    stored: StoredValueServices
    pairing: PairingService
    tills: TillsService
    staff_cards: StaffCardsService
    parties: PartiesService
    member_profiles: MemberProfilesService
    standings: StandingsService
    segments: SegmentsService
    tiers: TiersService
    health_classes: HealthClassesService
    erasure: ErasureService
    merging: MergingService
    sponsors: SponsorRankingService
    consents: ConsentsService
    clearing: ClearingServices
    messages: MessagesService
    invitations: InvitationsService
    phone_cards: PhoneCardsService
    counter: CounterServices
    bundles: BundlesService
    hot_list: HotListService
    late: LateTickets
    sealing: Sealing
    games: GameServices


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What quotes, sales and returns are made of."""

    context: Context
    groups: GroupsService
    shops: ShopsService
    profiles: ProfileService
    identify: IdentifyService
    terms: TermsService
    line_keys: LineKeys
    redeeming: Redeeming
    claims: Claims
    vouchers: Vouchers
    paying: Paying
    bundles: BundlesService
    late: LateTickets
    settling: LeaseSettling
    guesses: Guesses


def build_services(
    store: Store,
    secrets: Secrets,
    clock: Clock = system_clock,
    *,
    outlets: Outlets = NO_OUTLETS,
    public_url: str = "",
) -> Services:
    """Wire the services over a store. `outlets`: the ways out for messages; `public_url`: where members'
    pages are reached from outside; empty: nowhere.
    """
    context = _context(store, secrets, clock)
    groups, profiles = GroupsService(context), ProfileService(context)
    guesses, pins, card_keys = Guesses(context), Pins(context), CardKeysService(context)
    phones, messages = PhoneCodes(context), ChipMessages(context, card_keys)
    identify = IdentifyService(context, groups, profiles, messages, pins, phones)
    parts = _parts(
        context, groups=groups, profiles=profiles, identify=identify, guesses=guesses, messages=messages
    )
    letters = MessagesService(context, outlets)
    return _assemble(
        parts,
        letters,
        _invitations(context, groups, letters, public_url),
        pins=pins,
        card_keys=card_keys,
        messages=messages,
    )


def _assemble(
    parts: _Parts,
    letters: MessagesService,
    invitations: InvitationsService,
    *,
    pins: Pins,
    card_keys: CardKeysService,
    messages: ChipMessages,
) -> Services:
    context, groups, profiles, identify = parts.context, parts.groups, parts.profiles, parts.identify
    traits, standings = TraitsService(context, groups), StandingsService(context, groups)
    drafts, member_profiles = DraftsService(context, groups), MemberProfilesService(context, groups)
    quotes, returns, staff_cards = _quotes(parts), _returns(parts), StaffCardsService(context, messages, pins)
    members, sales = MembersService(context, parts.shops, profiles, member_profiles), _sales(parts)
    return Services(
        store=context.store,
        clock=context.clock,
        access=AccessService(context.store, context.clock, context.known),
        groups=groups,
        shops=parts.shops,
        messages=letters,
        invitations=invitations,
        visits=_visits(parts, quotes, letters, staff_cards, invitations),
        articles=ArticlesService(context),
        members=members,
        carer_names=CarerNames(context),
        traits=traits,
        cards=CardsService(context),
        card_keys=card_keys,
        identify=parts.identify,
        card_proofs=CardProofsService(context, identify, card_keys),
        quotes=quotes,
        reservations=_reservations(parts),
        sales=sales,
        leases=LeasesService(context, groups, identify),
        returns=returns,
        events=EventsService(context),
        why=_why(parts, sales),
        gifts=GiftsService(context, groups, parts.identify),
        holdings=_holdings(parts, standings),
        conversions=_conversions(parts),
        corrections=CorrectionsService(context, groups),
        goodwill=GoodwillService(context, groups, parts.shops, parts.identify),
        latitude=LatitudeListService(context, groups, parts.line_keys),
        drafts=drafts,
        simulation=SimulationService(context, groups, drafts, parts.line_keys),
        upkeep=UpkeepService(context),
        stored=_stored(parts, members),
        pairing=PairingService(context, parts.shops),
        tills=TillsService(context),
        staff_cards=staff_cards,
        phone_cards=PhoneCardsService(context, groups, profiles, PhoneCodes(context)),
        parties=PartiesService(context),
        member_profiles=member_profiles,
        standings=standings,
        segments=SegmentsService(context, groups, standings, traits),
        tiers=TiersService(context, groups, standings),
        health_classes=HealthClassesService(context, standings),
        erasure=ErasureService(context),
        merging=MergingService(context, groups),
        sponsors=SponsorRankingService(context),
        consents=ConsentsService(context),
        clearing=build_clearing(context, groups=groups, shops=parts.shops, identify=identify),
        bundles=parts.bundles,
        hot_list=HotListService(context),
        late=parts.late,
        counter=_counter(parts, pins, sales, returns, invitations),
        sealing=Sealing(context.vault),
        games=_games(parts),
    )


def _games(parts: _Parts) -> GameServices:
    return build_games(
        parts.context,
        groups=parts.groups,
        shops=parts.shops,
        identify=parts.identify,
        guesses=parts.guesses,
    )


def _invitations(
    context: Context, groups: GroupsService, letters: MessagesService, public_url: str
) -> InvitationsService:
    return InvitationsService(
        context,
        groups=groups,
        messages=letters,
        completing=CompletingService(context),
        erasure=ErasureService(context),
        public_url=public_url,
    )


def _visits(
    parts: _Parts,
    quotes: QuotesService,
    letters: MessagesService,
    staff_cards: StaffCardsService,
    invitations: InvitationsService,
) -> VisitServices:
    return build_visits(
        parts.context,
        groups=parts.groups,
        shops=parts.shops,
        identify=parts.identify,
        quotes=quotes,
        letters=letters,
        staff_cards=staff_cards,
        invitations=invitations,
    )


def _stored(parts: _Parts, members: MembersService) -> StoredValueServices:
    return build_stored_value(
        parts.context,
        groups=parts.groups,
        shops=parts.shops,
        identify=parts.identify,
        members=members,
        guesses=parts.guesses,
    )


def _holdings(parts: _Parts, standings: StandingsService) -> HoldingsService:
    return HoldingsService(
        parts.context,
        groups=parts.groups,
        identify=parts.identify,
        profiles=parts.profiles,
        standings=standings,
    )


def _conversions(parts: _Parts) -> ConversionsService:
    return ConversionsService(
        parts.context, groups=parts.groups, identify=parts.identify, profiles=parts.profiles
    )


def _why(parts: _Parts, sales: SalesService) -> WhyService:
    return WhyService(
        parts.context,
        groups=parts.groups,
        identify=parts.identify,
        sales=sales,
        line_keys=parts.line_keys,
    )


def _parts(
    context: Context,
    *,
    groups: GroupsService,
    profiles: ProfileService,
    identify: IdentifyService,
    guesses: Guesses,
    messages: ChipMessages,
) -> _Parts:
    shops, claims = ShopsService(context), Claims(context)
    bundles = BundlesService(context, groups, shops)
    return _Parts(
        context=context,
        groups=groups,
        shops=shops,
        profiles=profiles,
        identify=identify,
        terms=TermsService(context),
        line_keys=LineKeys(context),
        redeeming=Redeeming(context, identify),
        claims=claims,
        vouchers=Vouchers(context, guesses),
        paying=Paying(context, identify, KnownCards(context, guesses)),
        guesses=guesses,
        bundles=bundles,
        late=LateTickets(context, bundles, groups, claims),
        settling=LeaseSettling(context, identify, messages),
    )


def _counter(
    parts: _Parts,
    pins: Pins,
    sales: SalesService,
    returns: ReturnsService,
    invitations: InvitationsService,
) -> CounterServices:
    return build_counter(
        parts.context,
        groups=parts.groups,
        shops=parts.shops,
        identify=parts.identify,
        pins=pins,
        sales=sales,
        returns=returns,
        line_keys=parts.line_keys,
        invitations=invitations,
    )


def _quotes(parts: _Parts) -> QuotesService:
    return QuotesService(
        parts.context,
        groups=parts.groups,
        shops=parts.shops,
        identify=parts.identify,
        profiles=parts.profiles,
        terms=parts.terms,
        claims=parts.claims,
        vouchers=parts.vouchers,
    )


def _reservations(parts: _Parts) -> ReservationsService:
    return ReservationsService(
        parts.context,
        groups=parts.groups,
        shops=parts.shops,
        identify=parts.identify,
        terms=parts.terms,
        redeeming=parts.redeeming,
        claims=parts.claims,
        vouchers=parts.vouchers,
        paying=parts.paying,
    )


def _sales(parts: _Parts) -> SalesService:
    terms = SaleTerms(
        parts.context,
        groups=parts.groups,
        terms=parts.terms,
        claims=parts.claims,
        vouchers=parts.vouchers,
        late=parts.late,
    )
    answers = SaleAnswers(
        parts.context,
        groups=parts.groups,
        shops=parts.shops,
        identify=parts.identify,
        profiles=parts.profiles,
        terms=parts.terms,
        line_keys=parts.line_keys,
        vouchers=parts.vouchers,
    )
    return SalesService(
        parts.context,
        groups=parts.groups,
        shops=parts.shops,
        identify=parts.identify,
        terms=terms,
        line_keys=parts.line_keys,
        redeeming=parts.redeeming,
        claims=parts.claims,
        vouchers=parts.vouchers,
        paying=parts.paying,
        leases=parts.settling,
        answers=answers,
    )


def _returns(parts: _Parts) -> ReturnsService:
    return ReturnsService(
        parts.context,
        groups=parts.groups,
        identify=parts.identify,
        profiles=parts.profiles,
        line_keys=parts.line_keys,
        undoing=Undoing(parts.context),
        unclaiming=Unclaiming(parts.context, parts.vouchers),
        refunding=Refunding(parts.context),
    )


def _context(store: Store, secrets: Secrets, clock: Clock) -> Context:
    return Context(
        store=store,
        vault=Vault(secrets.master_key),
        quote_key=secrets.quote_key,
        clock=clock,
        zones=Zones(),
        known=Known(store, clock),
    )
