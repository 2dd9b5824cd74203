"""All services of one central, built once from the outside world they are given."""

from dataclasses import dataclass

from central.services.access import AccessService
from central.services.articles import ArticlesService
from central.services.cards import CardsService
from central.services.claims import Claims
from central.services.clock import Clock, Zones, system_clock
from central.services.context import Context
from central.services.corrections import CorrectionsService
from central.services.drafts import DraftsService
from central.services.events import EventsService
from central.services.gifts import GiftsService
from central.services.goodwill import GoodwillService
from central.services.groups import GroupsService
from central.services.identify import IdentifyService
from central.services.known import Known
from central.services.line_keys import LineKeys
from central.services.members import MembersService
from central.services.pairing import PairingService
from central.services.parties import PartiesService
from central.services.profile import ProfileService
from central.services.quotes import QuotesService
from central.services.redeeming import Redeeming
from central.services.returns import ReturnsService
from central.services.sales import SalesService
from central.services.shops import ShopsService
from central.services.simulation import SimulationService
from central.services.terms import TermsService
from central.services.traits import TraitsService
from central.services.unclaiming import Unclaiming
from central.services.undoing import Undoing
from central.services.upkeep import UpkeepService
from central.services.vault import Vault
from central.services.vouchers import Vouchers
from central.services.why import WhyService
from central.settings import Secrets
from central.storage.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services by noun. The web, the command line and importers all go through these."""

    store: Store
    clock: Clock
    access: AccessService
    groups: GroupsService
    shops: ShopsService
    articles: ArticlesService
    members: MembersService
    traits: TraitsService
    cards: CardsService
    identify: IdentifyService
    quotes: QuotesService
    sales: SalesService
    returns: ReturnsService
    events: EventsService
    why: WhyService
    gifts: GiftsService
    corrections: CorrectionsService
    goodwill: GoodwillService
    drafts: DraftsService
    simulation: SimulationService
    upkeep: UpkeepService
    pairing: PairingService
    parties: PartiesService


def build_services(store: Store, secrets: Secrets, clock: Clock = system_clock) -> Services:
    """Wire the services over a store."""
    context = _context(store, secrets, clock)
    groups = GroupsService(context)
    shops = ShopsService(context)
    profiles = ProfileService(context)
    terms = TermsService(context)
    line_keys = LineKeys(context)
    redeeming = Redeeming(context)
    claims = Claims(context)
    vouchers = Vouchers(context)
    drafts = DraftsService(context, groups)
    identify = IdentifyService(context, groups, profiles)
    quotes = QuotesService(
        context,
        groups=groups,
        shops=shops,
        identify=identify,
        profiles=profiles,
        terms=terms,
        redeeming=redeeming,
        claims=claims,
        vouchers=vouchers,
    )
    sales = SalesService(
        context,
        groups=groups,
        shops=shops,
        identify=identify,
        profiles=profiles,
        terms=terms,
        quotes=quotes,
        line_keys=line_keys,
        redeeming=redeeming,
        claims=claims,
        vouchers=vouchers,
    )
    return Services(
        store=store,
        clock=clock,
        access=AccessService(store, clock, context.known),
        groups=groups,
        shops=shops,
        articles=ArticlesService(context),
        members=MembersService(context, shops, profiles),
        traits=TraitsService(context),
        cards=CardsService(context),
        identify=identify,
        quotes=quotes,
        sales=sales,
        returns=ReturnsService(
            context,
            groups=groups,
            identify=identify,
            profiles=profiles,
            line_keys=line_keys,
            undoing=Undoing(context),
            unclaiming=Unclaiming(context, vouchers),
        ),
        events=EventsService(context),
        why=WhyService(context, groups=groups, identify=identify, sales=sales, line_keys=line_keys),
        gifts=GiftsService(context, groups, identify),
        corrections=CorrectionsService(context, groups),
        goodwill=GoodwillService(context, groups, shops, identify),
        drafts=drafts,
        simulation=SimulationService(context, groups, drafts, line_keys),
        upkeep=UpkeepService(context),
        pairing=PairingService(context, shops),
        parties=PartiesService(context),
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
