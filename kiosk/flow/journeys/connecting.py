"""A person of staff connects a till: the entry of their menu; what follows is the flow's own (P-12)."""

from kiosk.flow.journeys.base import Journey, Tile
from kiosk.flow.pairing_tills import may_pair, open_code
from kiosk.flow.state import Action

JOURNEY = Journey(
    touches={},
    staff_tiles=(Tile(action=Action.PAIR_TILL, enter=open_code, is_offered=may_pair),),
)
