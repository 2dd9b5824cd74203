"""Thin handlers for value beyond sales and for drafts; see `handlers`."""

from central.web.api.route import Answer, Call


async def explain(call: Call) -> Answer:
    """Why a ticket earned its points: rules in their order; lines with lines.read, which is logged."""
    return Answer(await call.services.why.explain(call.actor, call.path["sale_id"]))


async def tell_why(call: Call) -> Answer:
    """Why, to the member who shows a card: line numbers, points, rules; no article or law. Logged."""
    return Answer(await call.services.why.tell_holder(call.actor, call.path["sale_id"], call.body))


async def list_reads(call: Call) -> Answer:
    """Who read a member's purchase lines, newest first."""
    return Answer(await call.services.members.list_reads(call.actor, call.path["member_id"]))


async def donate(call: Call) -> Answer:
    """A member gives points to an association."""
    view, is_replay = await call.services.gifts.donate(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def transfer(call: Call) -> Answer:
    """A member gives points to another of the household."""
    view, is_replay = await call.services.gifts.transfer(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def put_household(call: Call) -> Answer:
    """Say who lives together; the same content again changes nothing."""
    return Answer(await call.services.gifts.put_household(call.actor, call.path["household_id"], call.body))


async def release_points(call: Call) -> Answer:
    """The event happened that pending points wait for."""
    view, is_replay = await call.services.upkeep.release(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def request_correction(call: Call) -> Answer:
    """Correct a member's points; what is too much for one person waits for a second."""
    view, is_replay = await call.services.corrections.request(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def list_corrections(call: Call) -> Answer:
    """Corrections that wait for a second person."""
    return Answer(await call.services.corrections.list_pending(call.actor))


async def decide_correction(call: Call) -> Answer:
    """Post or refuse what another person asked for."""
    view, is_replay = await call.services.corrections.decide(
        call.actor, call.path["correction_id"], call.body
    )
    return Answer(view, is_replay=is_replay)


async def give_goodwill(call: Call) -> Answer:
    """The counter gives points on its own, within its latitude."""
    view, is_replay = await call.services.goodwill.give(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def list_goodwill(call: Call) -> Answer:
    """What the counters gave on their own, with who and why."""
    return Answer(await call.services.goodwill.list_given(call.actor, call.query.from_ms, call.query.to_ms))


async def list_latitude(call: Call) -> Answer:
    """Goodwill points and manual discounts by role, shop and day, with their reasons."""
    return Answer(await call.services.latitude.list_given(call.actor, call.query))


async def put_draft(call: Call) -> Answer:
    """Save a draft of the programme, or its next revision."""
    return Answer(await call.services.drafts.put(call.actor, call.path["draft_id"], call.body))


async def get_draft(call: Call) -> Answer:
    """A draft, with what the law says of it."""
    return Answer(await call.services.drafts.get(call.actor, call.path["draft_id"]))


async def list_drafts(call: Call) -> Answer:
    """All drafts, the last changed first."""
    return Answer(await call.services.drafts.list_drafts(call.actor))


async def review_draft(call: Call) -> Answer:
    """A second person's word on one revision of a draft."""
    return Answer(await call.services.drafts.review(call.actor, call.path["draft_id"], call.body))


async def schedule_draft(call: Call) -> Answer:
    """Set the moment from which a reviewed draft is the programme."""
    return Answer(await call.services.drafts.schedule(call.actor, call.path["draft_id"], call.body))


async def withdraw_draft(call: Call) -> Answer:
    """Take a draft back before it is active."""
    return Answer(await call.services.drafts.withdraw(call.actor, call.path["draft_id"], call.body))


async def simulate_draft(call: Call) -> Answer:
    """Replay a draft over recorded tickets; no value moves."""
    return Answer(await call.services.simulation.simulate(call.actor, call.path["draft_id"], call.body))


async def list_versions(call: Call) -> Answer:
    """Saved versions of the programme, newest first."""
    return Answer(await call.services.drafts.list_versions(call.actor))


async def roll_back(call: Call) -> Answer:
    """Draft an earlier version's text again, for a second person to review."""
    return Answer(await call.services.drafts.roll_back(call.actor, call.body))
