"""Makes the services of the kiosk's visitors."""

from dataclasses import dataclass

from central.services.cards.staff_cards import StaffCardsService
from central.services.core.context import Context
from central.services.group.groups import GroupsService
from central.services.group.posters import PostersService
from central.services.group.shop_pages import ShopPagesService
from central.services.group.shops import ShopsService
from central.services.group.support import SupportService
from central.services.members.identify import IdentifyService
from central.services.members.invitations import InvitationsService
from central.services.members.messages import MessagesService
from central.services.tickets.quotes import QuotesService
from central.services.visits.carers import CarersService
from central.services.visits.details import DetailsService
from central.services.visits.join import JoinService
from central.services.visits.lost_cards import LostCardsService
from central.services.visits.packs import PacksService
from central.services.visits.pharmacists import PharmacistsService
from central.services.visits.promotions import PromotionsService
from central.services.visits.replacements import ReplacementsService
from central.services.visits.shop_messages import ShopMessagesService


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitServices:
    """What visitors look at and do, by noun."""

    shop_pages: ShopPagesService
    posters: PostersService
    support: SupportService
    messages: ShopMessagesService
    packs: PacksService
    promotions: PromotionsService
    lost_cards: LostCardsService
    replacements: ReplacementsService
    carers: CarersService
    details: DetailsService
    join: JoinService
    pharmacists: PharmacistsService


def build_visits(
    context: Context,
    *,
    groups: GroupsService,
    shops: ShopsService,
    identify: IdentifyService,
    quotes: QuotesService,
    letters: MessagesService,
    staff_cards: StaffCardsService,
    invitations: InvitationsService,
) -> VisitServices:
    """Wire them."""
    pharmacists = PharmacistsService(context, groups=groups, shops=shops, identify=identify)
    return VisitServices(
        pharmacists=pharmacists,
        shop_pages=ShopPagesService(context, shops),
        posters=PostersService(context, groups, shops),
        support=SupportService(context),
        messages=ShopMessagesService(
            context, groups=groups, shops=shops, identify=identify, pharmacists=pharmacists
        ),
        promotions=PromotionsService(context, groups=groups, shops=shops, identify=identify),
        packs=PacksService(context, groups=groups, shops=shops, identify=identify, quotes=quotes),
        lost_cards=LostCardsService(context, groups=groups, shops=shops, messages=letters),
        carers=CarersService(context, groups=groups, identify=identify, messages=letters),
        replacements=ReplacementsService(
            context,
            groups=groups,
            shops=shops,
            identify=identify,
            staff_cards=staff_cards,
            messages=letters,
        ),
        join=JoinService(context, groups=groups, shops=shops, identify=identify, invitations=invitations),
        details=DetailsService(context, groups=groups, identify=identify, messages=letters),
    )
