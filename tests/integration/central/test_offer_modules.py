"""An offer of one's own, put together from modules: choices of the profile open prices and rewards (R-14)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import (
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    SHAMPOO,
    SUN_CREAM,
    UID,
    CentralUnderTest,
    a_basket,
    a_central,
    by_uid,
)
from tests.integration.central.publishing import ms, publish
from tests.movable_clock import MovableClock
from wire import api_catalogue


def module(name: str, *levels: str) -> dict[str, Any]:
    """A service module that a member may take, at one of its levels."""
    return {
        "field": name,
        "kind": "choice",
        "choices": list(levels),
        "purpose": f"the member's own offer: {name}",
        "basis": "contract",
        "retention_months": 24,
        "see": ["counter", "office"],
    }


MODULES = [module("sun", "light", "full"), module("hair", "yes"), module("coach", "yes")]
PROFILES = [{"profile": "tailored", "fields": MODULES}, {"profile": "plain"}]


def taken(choice: str) -> dict[str, Any]:
    return {"has": [{"fact": "member.choices"}, choice]}


def opened(name: str, kind: str, when: Any, effect: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "version": 1, "kind": kind, "when": when, "effects": [effect]} | more


def of_article(article_id: str) -> dict[str, Any]:
    return {"eq": [{"fact": "line.article_id"}, article_id]}


RULES = [
    opened(
        "sun-price",
        "price",
        taken("sun=full"),
        {"effect": "unit_price", "unit_price_minor": 1500},
        lines=of_article("sun-cream"),
    ),
    opened(
        "sun-off",
        "promotion",
        taken("sun=light"),
        {"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"},
        lines=of_article("sun-cream"),
    ),
    opened(
        "hair-gift",
        "promotion",
        taken("hair=yes"),
        {"effect": "free_article", "article_id": "tea", "article_class": "medicine_ch_e"},
    ),
    opened(
        "linked",
        "campaign",
        {"and": [taken("sun=full"), taken("hair=yes")]},
        {"effect": "points_fixed", "points": 50, "per": "ticket"},
    ),
    opened(
        "coach",
        "promotion",
        {"and": [{"eq": [{"fact": "member.profile"}, "tailored"]}, taken("coach=yes")]},
        {"effect": "next_purchase_voucher", "voucher": "talk", "worth_minor": 500, "valid_days": 60},
        limits=[{"per": "member", "window": "ever", "times": 1}],
    ),
]


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(ms("2026-11-22T12:00:00+01:00"))) as running:
        tea = api_catalogue.ArticleBody(name="tea", article_class="medicine_ch_e", codes=["2000000000077"])
        await running.services.articles.put_articles(running.operator, [("tea", tea)])
        await publish(running, *RULES, profiles=PROFILES)
        yield running


async def agree(central: CentralUnderTest, member_id: str, profile: str, **chosen: str | None) -> None:
    body = {"profile": profile, "fields": chosen}
    reply = await central.call("PATCH", f"members/{member_id}/profile", body, token="office")
    assert reply.status == 200, reply.body


async def offer(central: CentralUnderTest, uid: str = UID) -> tuple[int, int, list[str], list[str]]:
    """What the same basket costs and earns, the gifts, and the rules that gave something beyond the base."""
    basket = a_basket([(SUN_CREAM, 1, 1990)])
    quoted = await central.post("quotes", {"basket": basket, "holder": by_uid(uid)})
    assert quoted.status == 200, quoted.body
    reasons = [reason for line in quoted.body["lines"] for reason in line["reasons"]]
    spoken = {each["rule_id"] for each in reasons if each["amount_minor"] or each["points"]}
    spoken |= {each["rule_id"] for each in reasons if each["code"] == "next_purchase_voucher"}
    gifts = [gift["article_id"] for gift in quoted.body["gifts"]]
    return quoted.body["total_minor"], quoted.body["points"], gifts, sorted(spoken - {"base"})


async def test_each_member_has_the_offer_that_was_put_together_with_them(central: CentralUnderTest) -> None:
    assert await offer(central) == (1990, 19, [], []), "nothing is open to who took nothing"
    await agree(central, MEMBER, "tailored", sun="full", hair="yes")
    await agree(central, OTHER_MEMBER, "tailored", sun="light", coach="yes")
    assert await offer(central) == (1500, 65, ["tea"], ["linked", "sun-price"])
    assert await offer(central, OTHER_UID) == (1791, 17, [], ["coach", "sun-off"])


async def test_a_module_taken_out_or_a_profile_left_closes_what_it_opened(central: CentralUnderTest) -> None:
    await agree(central, MEMBER, "tailored", sun="full", hair="yes", coach="yes")
    assert await offer(central) == (1500, 65, ["tea"], ["coach", "linked", "sun-price"])
    await agree(central, MEMBER, "tailored", hair=None)
    assert await offer(central) == (1500, 15, [], ["coach", "sun-price"]), "what linked the two is closed too"
    await agree(central, MEMBER, "plain")
    assert await offer(central) == (1990, 19, [], [])


async def test_an_action_is_coded_on_one_article_and_leaves_others_alone(central: CentralUnderTest) -> None:
    await agree(central, MEMBER, "tailored", sun="full")
    basket = a_basket([(SUN_CREAM, 2, 3980), (SHAMPOO, 1, 890)])
    quoted = await central.post("quotes", {"basket": basket, "holder": by_uid()})
    assert [line["amount_minor"] for line in quoted.body["lines"]] == [3000, 890]
