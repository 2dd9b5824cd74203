"""The services of the clearing, built once."""

from dataclasses import dataclass

from central.services.clearing.associations import AssociationsService
from central.services.clearing.my_associations import MyAssociationsService
from central.services.clearing.papers import PapersService
from central.services.clearing.sheets import SheetsService
from central.services.clearing.statements import ClearingService
from central.services.clearing.suppliers import SettlementsService
from central.services.core.context import Context
from central.services.group.groups import GroupsService
from central.services.group.parties import PartiesService
from central.services.group.shops import ShopsService
from central.services.members.identify import IdentifyService
from central.services.tickets.line_keys import LineKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearingServices:
    """What parties owe line by line, what associations get, the clearing of months."""

    settlements: SettlementsService
    associations: AssociationsService
    my_associations: MyAssociationsService
    months: ClearingService
    papers: PapersService
    sheets: SheetsService


def build_clearing(
    context: Context, *, groups: GroupsService, shops: ShopsService, identify: IdentifyService
) -> ClearingServices:
    """Wire them."""
    parties = PartiesService(context)
    months = ClearingService(context, groups)
    settlements = SettlementsService(
        context, groups=groups, shops=shops, parties=parties, line_keys=LineKeys(context), months=months
    )
    associations = AssociationsService(context, groups=groups, shops=shops, parties=parties, clearing=months)
    return ClearingServices(
        settlements=settlements,
        associations=associations,
        my_associations=MyAssociationsService(context, groups, identify),
        months=months,
        papers=PapersService(
            context, groups=groups, settlements=settlements, associations=associations, months=months
        ),
        sheets=SheetsService(
            context, groups=groups, settlements=settlements, associations=associations, months=months
        ),
    )
