"""Drafts of the programme: two people, revisions, schedule, rollback; their simulation over real tickets."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.services.core.access import LINES_READ, PROGRAMME_REVIEW
from central.services.group.groups import ProgrammeNotJson, RuleNamesNoShop
from loyalty.limits.drafts import SIMULATION_API_TICKETS_MAX
from loyalty.programme.publication import ShopOnlyRuleRefused
from loyalty.rules.reading import ProgrammeInvalid
from tests.central_fixture import (
    FIRST_MILK,
    GROUP,
    MEMBER,
    OTHER_UID,
    PROGRAMME,
    SHOPS,
    SUN_CREAM,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
    by_uid,
)
from tests.movable_clock import MovableClock
from wire import api_catalogue

DOUBLE: dict[str, Any] = PROGRAMME | {
    "rules": [
        PROGRAMME["rules"][0],  # type: ignore[index]
        {
            "id": "double",
            "version": 1,
            "kind": "campaign",
            "when": {"fact": "member.is_known"},
            "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
        },
    ]
}


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        issued = await running.services.access.issue_token(running.operator, role="office", label="boss")
        running.tokens["boss"] = issued.token
        yield running


async def draft(central: CentralUnderTest, programme: object = DOUBLE, revision: int = 0) -> Any:
    return await central.put("programme/drafts/spring", {"programme": programme, "revision": revision})


async def step(central: CentralUnderTest, name: str, token: str = "office", **body: Any) -> Any:
    path = f"programme/drafts/spring/{name}"
    return await central.post(path, {"revision": 1} | body, token=token)


async def test_a_reviewed_draft_becomes_the_programme_at_its_moment(central: CentralUnderTest) -> None:
    saved = await draft(central)
    assert (saved.body["state"], saved.body["revision"], saved.body["findings"]) == ("drafted", 1, [])
    assert (await draft(central)).body == saved.body, "the same again is the same"
    unread = await step(central, "schedule", activate_ms=0)
    assert (unread.status, unread.code) == (409, "draft_not_reviewed")
    assert "officine rules review spring --revision 1 --approve" in unread.body["detail"]
    assert (await step(central, "review", approve=True)).code == "second_person_needed"
    assert (await step(central, "review", "boss", approve=True)).body["state"] == "reviewed"

    assert isinstance(central.clock, MovableClock)
    past = await step(central, "schedule", activate_ms=central.clock.now_ms - 1)
    assert (past.status, past.code) == (422, "moment_past")
    moment = central.clock.now_ms + 1000
    assert (await step(central, "schedule", activate_ms=moment)).body["state"] == "scheduled"
    assert await central.services.drafts.activate_due(GROUP) == []
    assert (await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1000)]))).body["points"] == 10
    central.clock.now_ms += 1000
    assert await central.services.drafts.activate_due(GROUP) == [2]
    assert await central.services.drafts.activate_due(GROUP) == []
    assert (await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1000)]))).body["points"] == 20
    active = await central.get("programme/drafts/spring", token="office")
    assert (active.body["state"], active.body["ruleset_version"]) == ("active", 2)


async def test_a_changed_draft_needs_a_new_review_and_old_revisions_are_refused(
    central: CentralUnderTest,
) -> None:
    await draft(central)
    await step(central, "review", "boss", approve=True)
    assert (await draft(central, PROGRAMME, revision=1)).body["state"] == "drafted"
    assert (await draft(central, DOUBLE, revision=1)).code == "draft_changed"
    assert (await step(central, "review", "boss", approve=True)).code == "draft_changed", "revision 2 stands"
    refused = await step(central, "review", "boss", approve=False, revision=2, note="too dear")
    assert (refused.body["state"], refused.body["review_note"]) == ("refused", "too dear")
    assert (await step(central, "withdrawal", revision=2)).body["state"] == "withdrawn"
    listed = await central.get("programme/drafts", token="office")
    assert [each["state"] for each in listed.body["drafts"]] == ["withdrawn"]


async def test_what_is_no_programme_is_refused_when_saved(central: CentralUnderTest) -> None:
    wrong = await draft(central, {"rules": [], "expirry": {}})
    assert (wrong.status, wrong.code) == (422, "programme_invalid")
    assert (await central.get("programme/drafts/spring", token="office")).status == 404
    assert (
        await central.put("programme/drafts/spring", {"programme": DOUBLE}, token="terminal")
    ).status == 403


async def test_a_voucher_that_mints_itself_is_refused_when_saved(central: CentralUnderTest) -> None:
    """Nothing needs to name the voucher: a ticket paid with it would give the next one."""
    voucher = {"effect": "next_purchase_voucher", "voucher": "va", "worth_minor": 1300, "valid_days": 30}
    rule = {"id": "va", "version": 1, "kind": "promotion", "when": True, "effects": [voucher]}
    wrong = await draft(central, {"rules": [rule]})
    assert (wrong.status, wrong.code) == (422, "programme_invalid")
    assert "programme.rules.0.effects.0.voucher" in str(wrong.body)
    group = (await central.services.groups.get(GROUP)).row
    with pytest.raises(ProgrammeInvalid, match="above 1300"):
        await central.services.groups.put_group(
            central.operator,
            name=group.name,
            country=group.country,
            currency=group.currency,
            programme=json.dumps({"rules": [rule]}),
        )
    proposed = {"not": {"has": [{"fact": "basket.vouchers"}, "va"]}}
    assert (await draft(central, {"rules": [rule | {"when": proposed}]})).body["state"] == "drafted"


async def test_what_meets_no_rule_or_no_line_is_refused_when_saved(central: CentralUnderTest) -> None:
    double = DOUBLE["rules"][1]
    slip = await draft(central, DOUBLE | {"stacking": {"defaults": "best_of"}})
    assert (slip.status, slip.code) == (422, "programme_invalid")
    assert "Did you mean default?" in str(slip.body)
    times = {"effect": "points_multiplier", "times_bp": 20_000, "rounding": "floor"}
    rule = double | {"effects": [times], "stacking": {"exclusive": True}}
    alone = await draft(central, {"rules": [rule]})
    assert "programme.rules.0.stacking.exclusive" in str(alone.body)
    sun, soap = ({"eq": [{"fact": "line.range"}, name]} for name in ("sun", "soap"))
    reward = {"effect": "buy_get", "buy": 1, "get": 1, "get_lines": soap}
    rule = {"id": "get", "version": 1, "kind": "promotion", "when": True, "lines": sun, "effects": [reward]}
    out_of_reach = await draft(central, {"rules": [rule]})
    assert "programme.rules.0.effects.0.get_lines" in str(out_of_reach.body)
    both = {"in": [{"fact": "line.range"}, ["soap", "sun"]]}
    assert (await draft(central, {"rules": [rule | {"lines": both}]})).body["state"] == "drafted"


async def test_a_name_that_stands_twice_is_refused_when_saved(central: CentralUnderTest) -> None:
    programme = '{"rules": [], "cash_rounding_minor": 1, "cash_rounding\\u005fminor": 5}'
    body = '{"programme": ' + programme + ', "revision": 0}'
    refused = await central.put("programme/drafts/spring", body.encode())
    assert (refused.status, refused.code) == (400, "schema_mismatch")
    assert "`cash_rounding_minor` stands twice" in str(refused.body)
    group = (await central.services.groups.get(GROUP)).row
    with pytest.raises(ProgrammeNotJson, match="cash_rounding_minor stands twice"):
        await central.services.groups.put_group(
            central.operator,
            name=group.name,
            country=group.country,
            currency=group.currency,
            programme=programme,
        )


async def test_what_the_law_objects_to_is_shown_with_its_source(central: CentralUnderTest) -> None:
    body = api_catalogue.ShopBody(name="Paris", country="FR", time_zone="Europe/Paris")
    await central.services.shops.put_shop(central.operator, "paris", body)
    view = (await draft(central, DOUBLE | {"benefits_valid_in": "one_shop"})).body
    assert {each["code"] for each in view["findings"]} == {
        "shop_only_programme_refused",
        "shop_only_benefit",
    }
    assert all(each["is_blocking"] for each in view["findings"])
    await step(central, "review", "boss", approve=True)
    refused = await step(central, "schedule", activate_ms=0)
    assert refused.code == "shop_only_programme_refused"


async def test_what_looks_like_a_slip_is_told_and_stops_nothing(central: CentralUnderTest) -> None:
    rule = DOUBLE["rules"][1] | {"period": {"from": "2020-01-01", "to": "2020-01-31"}}
    (finding,) = (await draft(central, DOUBLE | {"rules": [rule]})).body["findings"]
    assert (finding["code"], finding["path"], finding["is_blocking"]) == (
        "period_past",
        "programme.rules.double",
        False,
    )
    await step(central, "review", "boss", approve=True)
    assert (await step(central, "schedule", activate_ms=0)).body["state"] == "active"


async def test_points_and_vouchers_without_a_worth_are_not_compared(central: CentralUnderTest) -> None:
    voucher = {"effect": "next_purchase_voucher", "voucher": "v", "worth_minor": 5, "valid_days": 9}
    once = [{"per": "member", "window": "ever", "times": 1}]
    rules = [DOUBLE["rules"][1], DOUBLE["rules"][1] | {"id": "v", "effects": [voucher], "limits": once}]
    programme = {"rules": rules, "stacking": {"default": "best_of"}}
    refused = await draft(central, programme)
    assert (refused.status, refused.code) == (422, "programme_invalid")
    assert "programme.voucher_step must be given" in refused.body["detail"]
    step = {"points": 10, "worth_minor": 5}
    assert (await draft(central, programme | {"voucher_step": step})).body["state"] == "drafted"


async def test_a_benefit_of_one_shop_is_not_published_where_the_law_wants_it_in_all(
    central: CentralUnderTest,
) -> None:
    rule = DOUBLE["rules"][1] | {"shops": [SHOPS[0]]}
    one_shop = {"rules": [rule]}
    assert (await draft(central, one_shop)).body["findings"] == [], "Switzerland allows it"
    body = api_catalogue.ShopBody(name="Paris", country="FR", time_zone="Europe/Paris")
    await central.services.shops.put_shop(central.operator, "paris", body)
    view = (await central.get("programme/drafts/spring", token="office")).body
    assert [(each["code"], each["path"], each["is_blocking"]) for each in view["findings"]] == [
        ("shop_only_benefit", "programme.rules.double", True)
    ]
    await step(central, "review", "boss", approve=True)
    assert (await step(central, "schedule", activate_ms=0)).code == "shop_only_rule_refused"
    group = (await central.services.groups.get(GROUP)).row
    with pytest.raises(ShopOnlyRuleRefused, match="466187"):
        await central.services.groups.put_group(
            central.operator,
            name=group.name,
            country=group.country,
            currency=group.currency,
            programme=json.dumps(one_shop),
        )
    assert (await central.services.groups.get(GROUP)).row.ruleset_version == group.ruleset_version


async def test_a_rule_for_a_shop_that_does_not_exist_is_not_published(central: CentralUnderTest) -> None:
    slip = {"rules": [DOUBLE["rules"][1] | {"shops": [SHOPS[0], f"{SHOPS[0]}x"]}]}
    (finding,) = (await draft(central, slip)).body["findings"]
    assert (finding["code"], finding["path"], finding["is_blocking"]) == (
        "rule_names_no_shop",
        "programme.rules.double",
        True,
    )
    assert f"Did you mean {SHOPS[0]}?" in finding["detail"]
    await step(central, "review", "boss", approve=True)
    assert (await step(central, "schedule", activate_ms=0)).code == "rule_names_no_shop"
    group = (await central.services.groups.get(GROUP)).row
    with pytest.raises(RuleNamesNoShop, match=f"{SHOPS[0]}x"):
        await central.services.groups.put_group(
            central.operator,
            name=group.name,
            country=group.country,
            currency=group.currency,
            programme=json.dumps(slip),
        )


async def test_articles_brands_and_currencies_that_nothing_has_are_told_and_not_refused(
    central: CentralUnderTest,
) -> None:
    article = api_catalogue.ArticleBody(
        name="Cream", article_class="cosmetic", codes=["2100000000999"], brand="Avène", range="Sun"
    )
    await central.services.articles.put_article(central.operator, "article-77", article)
    told = {
        "line.brand": ("Avéne", "Avène"),
        "line.range": ("Sunn", "Sun"),
        "line.article_id": ("article-78", "article-77"),
    }
    rules = [
        DOUBLE["rules"][1] | {"id": f"r{at}", "lines": {"eq": [{"fact": fact}, name]}}
        for at, (fact, names) in enumerate(told.items())
        for name in names
        if name == names[0]
    ]
    known = [
        DOUBLE["rules"][1] | {"id": f"k{at}", "lines": {"in": [{"fact": fact}, [right]]}}
        for at, (fact, (_, right)) in enumerate(told.items())
    ]
    money = DOUBLE["rules"][1] | {"id": "money", "when": {"eq": [{"fact": "basket.currency"}, "CHE"]}}
    view = (await draft(central, {"rules": [*rules, *known, money]})).body
    found = [each for each in view["findings"] if each["code"] == "rule_names_nothing"]
    assert {each["path"]: each["detail"].rpartition(". ")[2] for each in found} == {
        "programme.rules.money": "Did you mean CHF?",
        "programme.rules.r0": "Did you mean Avène?",
        "programme.rules.r1": "Did you mean Sun?",
        "programme.rules.r2": "Did you mean article-77?",
    }
    assert not any(each["is_blocking"] for each in found)


async def test_every_draft_tells_of_another_that_is_scheduled_and_of_what_came_after_it(
    central: CentralUnderTest,
) -> None:
    await draft(central)
    await step(central, "review", "boss", approve=True)
    assert (await step(central, "schedule", activate_ms=0)).body["state"] == "active"
    summer = {"programme": {"rules": []}, "revision": 0}
    assert (await central.put("programme/drafts/summer", summer)).body["findings"] == []
    asked = {"revision": 1, "approve": True}
    await central.post("programme/drafts/summer/review", asked, token="boss")
    later = {"revision": 1, "activate_ms": central.clock() + 86_400_000}
    await central.post("programme/drafts/summer/schedule", later, token="office")
    version = (await central.services.groups.get(GROUP)).row.ruleset_version
    back = {"draft_id": "back", "ruleset_version": 1, "expected_version": version}
    rolled = await central.post("programme/rollback", back, token="office")
    assert rolled.status == 200, rolled.body
    (finding,) = rolled.body["findings"]
    assert (finding["code"], finding["is_blocking"]) == ("other_draft_scheduled", False)
    assert "officine rules withdraw summer --revision 1" in finding["detail"]
    assert " UTC it takes the place" in finding["detail"]
    await central.post("programme/drafts/back/review", asked, token="boss")
    now = await central.post(
        "programme/drafts/back/schedule", {"revision": 1, "activate_ms": 0}, token="office"
    )
    assert [each["code"] for each in now.body["findings"]] == ["other_draft_scheduled"]
    stands = {
        each["draft_id"]: each["state"]
        for each in (await central.get("programme/drafts", token="office")).body["drafts"]
    }
    assert stands == {"spring": "superseded", "summer": "scheduled", "back": "active"}


async def test_review_is_a_permission_of_its_own(central: CentralUnderTest) -> None:
    actor = await central.services.access.authenticate(central.tokens["boss"])
    assert actor.may(PROGRAMME_REVIEW)
    await draft(central)
    assert (await step(central, "review", "terminal", approve=True)).status == 403


async def test_an_earlier_version_comes_back_as_a_new_one(central: CentralUnderTest) -> None:
    await draft(central)
    await step(central, "review", "boss", approve=True)
    assert (await step(central, "schedule", activate_ms=0)).body["state"] == "active"

    async def roll_back(version: int, active: int) -> Any:
        body = {"draft_id": "back", "ruleset_version": version, "expected_version": active}
        return await central.post("programme/rollback", body, token="office")

    assert (await roll_back(1, 1)).code == "version_changed"
    assert (await roll_back(9, 2)).code == "version_not_found"
    back = await roll_back(1, 2)
    assert (back.body["state"], back.body["programme"]) == ("drafted", PROGRAMME)
    assert (await roll_back(1, 2)).body == back.body, "the same again is the same"
    path, approved = "programme/drafts/back", {"revision": 1, "approve": True}
    own = await central.post(f"{path}/review", approved, token="office")
    assert own.code == "second_person_needed"
    scheduled = {"revision": 1, "activate_ms": 0}
    assert (await central.post(f"{path}/schedule", scheduled, token="office")).code == "draft_not_reviewed"
    assert (await central.services.groups.get(GROUP)).row.ruleset_version == 2, "nobody goes back alone"
    assert (await central.post(f"{path}/review", approved, token="boss")).status == 200
    assert (await central.post(f"{path}/schedule", scheduled, token="office")).body["ruleset_version"] == 3
    versions = (await central.get("programme/versions", token="office")).body["versions"]
    assert [(each["ruleset_version"], each["is_active"]) for each in versions] == [
        (3, True),
        (2, False),
        (1, False),
    ]
    assert (await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1000)]))).body["points"] == 10


async def test_a_simulation_tells_cost_winners_shops_rules_and_the_difference_and_moves_nothing(
    central: CentralUnderTest,
) -> None:
    await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980), (FIRST_MILK, 1, 2500)]))
    second = a_sale(central, [(SUN_CREAM, 1, 1000)], by_uid(OTHER_UID))
    await central.post("sales", second, token="terminal_2")
    nobody = a_sale(central, [(SUN_CREAM, 1, 5000)], {})
    await central.post("sales", nobody)
    await central.post(f"sales/{nobody['sale_id']}/returns", a_return(central, [(1, 1)]))
    await draft(central)
    store = central.services.store
    before = await store.list_journal(GROUP, 0, 100), await store.list_accounts(GROUP, "", 100)
    now_ms = central.clock()
    period = {"from_ms": now_ms - 1000, "to_ms": now_ms + 1000}
    view = (await central.post("programme/drafts/spring/simulation", period, token="reader")).body

    assert (view["tickets"], view["lines"], view["skipped"], view["members"]) == (3, 4, 0, 2)
    assert (view["draft"]["points"], view["today"]["points"]) == (98, 49)
    assert (view["draft"]["winners"], view["today"]["winners"]) == (2, 2)
    assert (view["changed_tickets"], view["better"], view["worse"]) == (2, 2, 0)
    assert view["stacked_tickets"] == 2
    assert [(each["rule_id"], each["points"], each["winners"]) for each in view["rules"]] == [
        ("base", 49, 2),
        ("double", 49, 2),
    ]
    shops = {each["shop_id"]: (each["tickets"], each["draft"]["points"]) for each in view["shops"]}
    assert shops == {"lac-1": (2, 78), "lac-2": (1, 20)}
    after = await store.list_journal(GROUP, 0, 100), await store.list_accounts(GROUP, "", 100)
    assert before == after
    reads = await store.list_reads(GROUP, "*", 10)
    assert [read.purpose for read in reads] == ["simulation spring"]


async def test_the_rules_of_today_simulated_give_what_was_booked(central: CentralUnderTest) -> None:
    points = 0
    for amount in (199, 1050, 3333, 1):
        points += (await central.post("sales", a_sale(central, [(SUN_CREAM, 1, amount)]))).body["points"]
    await draft(central, PROGRAMME)
    period = {"from_ms": 0, "to_ms": central.clock() + 1}
    view = (await central.post("programme/drafts/spring/simulation", period, token="reader")).body
    assert (view["draft"]["points"], view["changed_tickets"]) == (points, 0)
    assert view["draft"] == view["today"]


async def test_a_simulation_needs_a_period_a_draft_and_the_permission(central: CentralUnderTest) -> None:
    await draft(central)
    path = "programme/drafts/spring/simulation"
    period = {"from_ms": 5, "to_ms": 5}
    assert (await central.post(path, period, token="office")).code == "period_invalid"
    other = await central.post("programme/drafts/none/simulation", period, token="office")
    assert other.code == "draft_not_found"
    assert (await central.post(path, period)).status == 403
    assert SIMULATION_API_TICKETS_MAX >= 25_000


async def test_lines_of_a_simulation_are_shown_to_nobody(central: CentralUnderTest) -> None:
    await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980)]))
    await draft(central)
    period = {"from_ms": 0, "to_ms": central.clock() + 1}
    reply = await central.call("POST", "programme/drafts/spring/simulation", period, token="reader")
    assert SUN_CREAM not in str(reply.body)
    assert MEMBER not in str(reply.body)


async def test_a_simulation_over_few_members_needs_who_may_read_lines(central: CentralUnderTest) -> None:
    await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980)]))
    await draft(central)
    period = {"from_ms": 0, "to_ms": central.clock() + 1}
    reply = await central.post("programme/drafts/spring/simulation", period, token="office")
    assert (reply.status, reply.code) == (403, "simulation_too_small")
    actor = await central.services.access.authenticate(central.tokens["office"])
    assert not actor.may(LINES_READ)


async def test_a_simulation_counts_vouchers_and_says_what_it_could_not_decide(
    central: CentralUnderTest,
) -> None:
    await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980)]))
    voucher = {"effect": "next_purchase_voucher", "voucher": "later", "worth_minor": 700, "valid_days": 30}
    spouse = {"le": [{"fact": "member.spouse_birthday_days"}, 3]}
    off = {"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"}
    fresh = {"not": {"has": [{"fact": "basket.vouchers"}, "later"]}}
    rules = [
        {"id": "later", "version": 1, "kind": "promotion", "when": fresh, "effects": [voucher]},
        {"id": "spouse", "version": 1, "kind": "promotion", "when": spouse, "effects": [off]},
    ]
    await draft(central, PROGRAMME | {"rules": [*PROGRAMME["rules"], *rules]})
    period = {"from_ms": 0, "to_ms": central.clock() + 1}
    view = (await central.post("programme/drafts/spring/simulation", period, token="reader")).body
    assert (view["draft"]["vouchers"], view["draft"]["vouchers_minor"]) == (1, 700)
    assert view["draft"]["cost_minor"] - view["today"]["cost_minor"] == 700
    assert view["undecided_tickets"] == 1
    told = {each["rule_id"]: (each["vouchers_minor"], each["undecided"]) for each in view["rules"]}
    assert told == {"base": (0, 0), "later": (700, 0), "spouse": (0, 1)}
    assert [(each["tier"], each["tickets"]) for each in view["tiers"]] == [("", 1)]
