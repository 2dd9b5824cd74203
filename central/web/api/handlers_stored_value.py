"""Thin handlers for stored value; see `handlers`."""

from central.web.api.route import Answer, Call


async def make_gift_card(call: Call) -> Answer:
    """Make a gift card; it is worth nothing until it is sold."""
    view, is_replay = await call.services.stored.gift_cards.make(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def activate_gift_card(call: Call) -> Answer:
    """Sell a gift card with an amount of the buyer's choice; once."""
    view, is_replay = await call.services.stored.gift_cards.activate(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def block_gift_card(call: Call) -> Answer:
    """Block a gift card; its value waits for the replacement."""
    view, is_replay = await call.services.stored.gift_cards.block(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def replace_gift_card(call: Call) -> Answer:
    """Let a new card take over the value of a blocked one."""
    view, is_replay = await call.services.stored.gift_endings.replace(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def convert_gift_card(call: Call) -> Answer:
    """Make the holder of an empty gift card a member."""
    view, is_replay = await call.services.stored.gift_endings.convert(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def make_gift_batch(call: Call) -> Answer:
    """Make prize cards, or blank ones for shops to sell."""
    view, is_replay = await call.services.stored.gift_batches.make(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def top_up_purse(call: Call) -> Answer:
    """A member pays money into the purse; no points."""
    view, is_replay = await call.services.stored.purse.top_up(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def load_meal_vouchers(call: Call) -> Answer:
    """Load an issuer's meal vouchers for a member."""
    view, is_replay = await call.services.stored.purse.load_meals(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def sell_service(call: Call) -> Answer:
    """Sell units of a service ahead; no points."""
    view, is_replay = await call.services.stored.sold_ahead.sell(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def draw_service(call: Call) -> Answer:
    """Use up units of a service that was sold ahead."""
    view, is_replay = await call.services.stored.sold_ahead.draw(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def hand_out_gift_batch(call: Call) -> Answer:
    """The numbers of a batch for the card maker; handed out once."""
    view, is_replay = await call.services.stored.gift_batches.hand_out(
        call.actor, call.path["batch_id"], call.body
    )
    return Answer(view, is_replay=is_replay)


async def activate_gift_batch(call: Call) -> Answer:
    """Activate the prizes of a batch; what was interrupted goes on."""
    view, is_replay = await call.services.stored.gift_batches.activate(
        call.actor, call.path["batch_id"], call.body
    )
    return Answer(view, is_replay=is_replay)


async def find_gift_card(call: Call) -> Answer:
    """What a gift card holds."""
    return Answer(await call.services.stored.gift_cards.find(call.actor, call.body))


async def list_gift_batches(call: Call) -> Answer:
    """Batches of cards, newest first."""
    return Answer(await call.services.stored.gift_batches.list_batches(call.actor, call.query))


async def list_batch_cards(call: Call) -> Answer:
    """What became of the cards of a batch; without numbers."""
    return Answer(
        await call.services.stored.gift_batches.list_cards(call.actor, call.path["batch_id"], call.query)
    )


async def find_purse(call: Call) -> Answer:
    """All stored value of the holder of a card."""
    return Answer(await call.services.stored.purse.show(call.actor, call.body))


async def get_purse(call: Call) -> Answer:
    """All stored value of a member."""
    return Answer(await call.services.stored.purse.show_member(call.actor, call.path["member_id"]))


async def list_value_acts(call: Call) -> Answer:
    """What was done with stored value, oldest first."""
    return Answer(await call.services.stored.gift_cards.list_acts(call.actor, call.query))
