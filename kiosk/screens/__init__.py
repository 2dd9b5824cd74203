"""The screens: one module per kind, each `draw(canvas, model)`; touch finds the targets they note.

`paint.paint` draws a frame: it calls `draw` with the canvas that somebody's mode asks for.
"""

from collections.abc import Callable, Mapping

from kiosk.flow.rest import Rest
from kiosk.flow.state import Screen
from kiosk.screens import (
    access,
    asking,
    attract,
    block,
    carers,
    comfort,
    convert,
    day_totals,
    defaults,
    donate,
    forward,
    goodbye,
    hold_card,
    how_is_it,
    join,
    languages,
    lost,
    lost_card,
    member,
    menu,
    my_details,
    my_pharmacist,
    my_points,
    my_vouchers,
    new_pin,
    packs,
    pairing,
    pin,
    privacy,
    promotions,
    reader_test,
    reenrolling,
    refused,
    replace_card,
    report,
    resting,
    shop,
    shop_message,
    shops,
    staff,
    staff_acts,
    starting,
    support,
    tickets,
    till_asks,
    till_pairing,
    why,
)
from kiosk.screens.corners import draw_corners
from kiosk.screens.games import listing, offer, playing, proof, quiz, result
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas

Draw = Callable[[Canvas, Model], None]

DRAWS: Mapping[Screen, Draw] = {
    Screen.STARTING: starting.draw,
    Screen.PAIRING: pairing.draw,
    Screen.ATTRACT: attract.draw,
    Screen.HOLD_CARD: hold_card.draw,
    Screen.ASKING: asking.draw,
    Screen.MEMBER: member.draw,
    Screen.MENU: menu.draw,
    Screen.VISITOR_MENU: menu.draw,
    Screen.MY_POINTS: my_points.draw,
    Screen.MY_VOUCHERS: my_vouchers.draw,
    Screen.MY_VOUCHER: my_vouchers.draw_one,
    Screen.PROMOTIONS: promotions.draw,
    Screen.CONVERT: convert.draw,
    Screen.CONVERT_CONFIRM: convert.draw_confirm,
    Screen.FORWARD: forward.draw,
    Screen.FORWARD_CONFIRM: forward.draw_confirm,
    Screen.SHOPS: shops.draw,
    Screen.VISITOR_SHOPS: shops.draw,
    Screen.SHOP: shop.draw,
    Screen.VISITOR_SHOP: shop.draw,
    Screen.PACK_SCAN: packs.draw_scan,
    Screen.VISITOR_PACK_SCAN: packs.draw_scan,
    Screen.PACK: packs.draw_one,
    Screen.VISITOR_PACK: packs.draw_one,
    Screen.LOST_CARD: lost_card.draw,
    Screen.REPLACE_CARD: replace_card.draw,
    Screen.NEW_CARD: replace_card.draw_new,
    Screen.JOIN: join.draw,
    Screen.JOIN_TYPE: join.draw_type,
    Screen.CARERS: carers.draw,
    Screen.CARER_END: carers.draw_end,
    Screen.CARER_NAME: carers.draw_name,
    Screen.CARER_MAY: carers.draw_may,
    Screen.CARER_CARD: carers.draw_card,
    Screen.DONATE: donate.draw,
    Screen.DONATE_AMOUNT: donate.draw_amount,
    Screen.DONATE_CONFIRM: donate.draw_confirm,
    Screen.REPORT: report.draw,
    Screen.MY_PHARMACIST: my_pharmacist.draw,
    Screen.SHOP_MESSAGE: shop_message.draw,
    Screen.SHOP_WRITE: shop_message.draw_write,
    Screen.MY_DETAILS: my_details.draw,
    Screen.MY_CONSENTS: my_details.draw_consents,
    Screen.DETAIL_CHOICE: my_details.draw_choice,
    Screen.DETAIL_TYPE: my_details.draw_field,
    Screen.DETAIL_CODE: my_details.draw_code,
    Screen.TICKETS: tickets.draw,
    Screen.WHY: why.draw,
    Screen.PIN: pin.draw,
    Screen.NEW_PIN: new_pin.draw,
    Screen.GAMES: listing.draw,
    Screen.GAME: offer.draw,
    Screen.GAME_PLAY: playing.draw,
    Screen.GAME_RESULT: result.draw,
    Screen.GAME_ANSWERS: quiz.draw_answers,
    Screen.GAME_PROOF: proof.draw,
    Screen.CONFIRM_BLOCK: block.draw_confirm,
    Screen.TILL_ASKS: till_asks.draw,
    Screen.STAFF: staff.draw,
    Screen.HOW_IS_IT: how_is_it.draw,
    Screen.DAY_TOTALS: day_totals.draw,
    Screen.COMFORT: comfort.draw,
    Screen.DEFAULTS: defaults.draw,
    Screen.SUPPORT: support.draw,
    Screen.REENROL: reenrolling.draw_question,
    Screen.REENROLLING: reenrolling.draw,
    Screen.STAFF_PIN: pin.draw,
    Screen.MEMBER_PIN: new_pin.draw_wish,
    Screen.READER_TEST: reader_test.draw,
    Screen.TRAINING: staff_acts.draw_training,
    Screen.TILL_PAIRING: till_pairing.draw,
    Screen.CARD_BLOCKED: block.draw_done,
    Screen.REFUSED: refused.draw,
    Screen.PRIVACY_WARNING: privacy.draw,
    Screen.LANGUAGES: languages.draw,
    Screen.ACCESS: access.draw,
    Screen.GOODBYE: goodbye.draw,
    Screen.LINK_LOST: lost.draw_link,
    Screen.READER_LOST: lost.draw_reader,
    Screen.AGENT_LOST: lost.draw_agent,
}


def draw(canvas: Canvas, model: Model) -> None:
    """Draw the screen of this moment, on a clean ground."""
    canvas.clear()
    if model.rest is not Rest.AWAKE:
        resting.draw(canvas, model)
        return
    DRAWS[model.state.screen](canvas, model)
    draw_corners(canvas, model)
    resting.shift(canvas, model)
