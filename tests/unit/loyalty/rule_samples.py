"""One good rule per effect and option, and rules that must be refused when saved."""

from dataclasses import dataclass
from typing import Any

TOTAL = {"fact": "basket.total_minor"}
SOL = {"eq": [{"fact": "line.brand"}, "Sol"]}


def a_rule(kind: str, *effects: dict[str, Any], **members: Any) -> dict[str, Any]:
    name = members.pop("id", effects[0]["effect"].replace("_", "-"))
    return {"id": name, "version": 1, "kind": kind, "when": True, "effects": list(effects), **members}


def a_programme_of(*rules: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {"rules": list(rules), "segments": ["gold"], **settings}


def percent_off(rate_bp: Any = 1000, **more: Any) -> dict[str, Any]:
    return {"effect": "percent_off", "rate_bp": rate_bp, "rounding": "floor", **more}


def points(per_minor: Any = 100, **more: Any) -> dict[str, Any]:
    return {"effect": "points_per_amount", "points": 1, "per_minor": per_minor, "rounding": "floor", **more}


def mint(voucher: str, **more: Any) -> dict[str, Any]:
    return {
        "effect": "next_purchase_voucher",
        "voucher": voucher,
        "worth_minor": 500,
        "valid_days": 30,
        **more,
    }


STEPS = [{"reach": 5000, "rate_bp": 500}, {"reach": 10000, "rate_bp": 1000}]
EVERY_RULE = [
    a_rule("restriction", {"effect": "deny", "acts": ["earn", "discount", "voucher"]}, lines=SOL),
    a_rule("price", {"effect": "unit_price", "unit_price_minor": 0}, lines=SOL),
    a_rule("price", {"effect": "price_rate", "rate_bp": 9000, "rounding": "half_up"}),
    a_rule(
        "promotion",
        percent_off(),
        lines=SOL,
        period={"from": "2026-06-01", "to": "2026-06-30"},
        hours={"from": "17:00", "to": "24:00", "weekdays": ["monday", "friday"]},
        shops=["a", "b"],
        min_quantity=2,
        max_discount_minor=5000,
        stacking={"group": "sun", "priority": 700, "exclusive": True},
        consumes=True,
        limits=[{"per": "member", "window": "month", "times": 1}],
        budget=100000,
    ),
    a_rule("promotion", {"effect": "amount_off", "off_minor": 500, "per": "ticket"}),
    a_rule("promotion", {"effect": "special_price", "unit_price_minor": 990}),
    a_rule(
        "promotion",
        {
            "effect": "buy_get",
            "buy": 2,
            "get": 1,
            "rate_bp": 5000,
            "rounding": "half_even",
            "get_lines": SOL,
            "times_max": 3,
        },
    ),
    a_rule("promotion", {"effect": "nth_unit", "nth": 2, "rate_bp": 5000, "rounding": "ceil"}),
    a_rule("promotion", {"effect": "cheapest_free", "of": 3}),
    a_rule(
        "promotion",
        {
            "effect": "bundle_price",
            "parts": [{"quantity": 1, "lines": SOL}],
            "price_minor": 0,
            "times_max": 1,
        },
    ),
    a_rule("promotion", {"effect": "step_percent_off", "by": "amount", "steps": STEPS, "rounding": "floor"}),
    a_rule(
        "promotion",
        {"effect": "step_amount_off", "by": "units", "steps": [{"reach": 3, "off_minor": 100}]},
    ),
    a_rule(
        "promotion",
        {"effect": "free_article", "article_id": "x", "article_class": "cosmetic", "quantity": 2},
    ),
    a_rule("promotion", mint("autumn", redeem_on=["cosmetic"])),
    a_rule("segment", {"effect": "segment", "segment": "loyal"}, when={"ge": [{"fact": "member.visits"}, 3]}),
    a_rule("campaign", points(), when={"has": [{"fact": "member.segments"}, "gold"]}),
    a_rule("campaign", {"effect": "points_fixed", "points": 5, "per": "unit"}, budget=1000),
    a_rule("campaign", {"effect": "points_nth_visit", "every": 10, "points": 100}),
    a_rule("campaign", {"effect": "points_multiplier", "times_bp": 20000, "rounding": "floor"}),
    a_rule("campaign", {"effect": "points_threshold", "at_points": 1000, "points": 100}),
    a_rule("campaign", {"effect": "points_sponsor", "sponsor_points": 200, "sponsored_points": 100}),
    a_rule("campaign", {"effect": "contest_entry", "contest": "spring", "entries": 1}),
]


@dataclass(frozen=True)
class Broken:
    """A rule to be refused. `path` and `words` of the refusal; `in_schema`: the schema refuses it too."""

    rule: dict[str, Any]
    path: str
    words: str
    in_schema: bool = True


def _promotion(**members: Any) -> dict[str, Any]:
    return a_rule("promotion", percent_off(), **members)


AT = "programme.rules.0"
BROKEN = [
    Broken(_promotion(lins=SOL), f"{AT}.lins", "Did you mean lines"),
    Broken(_promotion(minimum_quantity=2), f"{AT}.minimum_quantity", "Did you mean min_quantity"),
    Broken(_promotion(when={"fact": "member.grad"}), f"{AT}.when", "Did you mean member.grade"),
    Broken(_promotion(when={"eq": [{"fact": "basket.weekday"}, "munday"]}), f"{AT}.when.eq", "monday", False),
    Broken(_promotion(when={"anyline": SOL}), f"{AT}.when", "Did you mean any_line"),
    Broken(_promotion(when=SOL), f"{AT}.when.eq.0", "inside any_line"),
    Broken(_promotion(when={"ge": [TOTAL, 9.5]}), f"{AT}.when.ge.1", "Numbers are whole"),
    Broken(a_rule("promotion", percent_off(12.5)), f"{AT}.effects.0.rate_bp", "basis points"),
    Broken(
        a_rule("promotion", percent_off(10001)),
        f"{AT}.effects.0.rate_bp",
        "not 10001. 1 % is 100",
    ),
    Broken(a_rule("promotion", percent_off(0)), f"{AT}.effects.0.rate_bp", "1 to 10000"),
    Broken(a_rule("promotion", percent_off(True)), f"{AT}.effects.0.rate_bp", "whole number"),
    Broken(a_rule("promotion", percent_off(rate=5)), f"{AT}.effects.0.rate", "Did you mean rate_bp"),
    Broken(
        a_rule("promotion", {**percent_off(), "effect": "percentoff"}, id="x"),
        f"{AT}.effects.0.effect",
        "Did you mean percent_off",
    ),
    Broken(a_rule("promotion", points(), id="x"), f"{AT}.effects.0.effect", "an effect of a promotion"),
    Broken(a_rule("campaign", percent_off(), id="x"), f"{AT}.effects.0.effect", "an effect of a campaign"),
    Broken(_promotion(budget=-1), f"{AT}.budget", "Choose from 1 to 1000000000."),
    Broken(_promotion(budget=0), f"{AT}.budget", "Choose from 1 to 1000000000."),
    Broken(_promotion(max_discount_minor=0), f"{AT}.max_discount_minor", "a whole number from 1 to"),
    Broken(
        _promotion(period={"from": "2026-06-30", "to": "2026-06-01"}),
        f"{AT}.period.to",
        "Swap them: from 2026-06-01 to 2026-06-30",
        False,
    ),
    Broken(_promotion(period={"from": "2026-6-1", "to": "2026-07-01"}), f"{AT}.period.from", "YYYY-MM-DD"),
    Broken(_promotion(period={"from": "2026-06-01"}), f"{AT}.period.to", "Add to"),
    Broken(_promotion(hours={"from": "19:00", "to": "17:00"}), f"{AT}.hours.to", "two rules", False),
    Broken(_promotion(hours={"from": "19:00", "to": "19:00"}), f"{AT}.hours.to", "two rules", False),
    Broken(_promotion(hours={"from": "9:00", "to": "19:00"}), f"{AT}.hours.from", "HH:MM"),
    Broken(_promotion(hours={"from": "09:00", "to": "24:01"}), f"{AT}.hours.to", "HH:MM"),
    Broken(
        _promotion(hours={"from": "09:00", "to": "10:00", "weekdays": ["mon"]}),
        f"{AT}.hours.weekdays.0",
        "one of monday",
    ),
    Broken(_promotion(shops=[]), f"{AT}.shops", "a list of 1"),
    Broken(_promotion(stacking={"exclusive": 1}), f"{AT}.stacking.exclusive", "true or false"),
    Broken(_promotion(stacking={"priority": 1001}), f"{AT}.stacking.priority", "Choose from 0 to 1000."),
    Broken(
        _promotion(limits=[{"per": "person", "window": "day", "times": 1}]), f"{AT}.limits.0.per", "member"
    ),
    Broken(_promotion(limits=[{"per": "shop", "window": "day", "times": 0}]), f"{AT}.limits.0.times", "1 to"),
    Broken(
        _promotion(when={"has": [{"fact": "member.segments"}, "golden"]}),
        f"{AT}.when.has.1",
        "Did you mean gold",
        False,
    ),
    Broken(_promotion(when={"has": [{"fact": "member.segments"}, "a|b"]}), f"{AT}.when.has.1", "without |"),
    Broken(_promotion(when={"has": [{"fact": "member.tier"}, "gold"]}), f"{AT}.when.has.0", "set of texts"),
    Broken(
        _promotion(when={"in": [{"fact": "member.segments"}, ["gold"]]}), f"{AT}.when.in.0", "must be a text"
    ),
    Broken(
        _promotion(when={"eq": [{"fact": "member.segments"}, {"fact": "member.segments"}]}),
        f"{AT}.when.eq",
        "set of texts",
    ),
    Broken(_promotion(when={"ge": [{"fact": "basket.local_time"}, "25:00"]}), f"{AT}.when.ge.1", "HH:MM"),
    Broken(_promotion(lines={"any_line": SOL}), f"{AT}.lines.any_line", "outside any other"),
    Broken(_promotion(lines={"fact": "line.brand"}), f"{AT}.lines", "must be a boolean"),
    Broken(
        a_rule(
            "promotion",
            {"effect": "step_percent_off", "by": "amount", "steps": STEPS[::-1], "rounding": "floor"},
        ),
        f"{AT}.effects.0.steps.1.reach",
        "from low to high",
        False,
    ),
    Broken(a_rule("promotion", {"effect": "nth_unit", "nth": 1, "rate_bp": 1}), f"{AT}.effects.0.nth", "2"),
    Broken(
        a_rule("campaign", {"effect": "points_multiplier", "times_bp": 10000, "rounding": "floor"}),
        f"{AT}.effects.0.times_bp",
        "10001",
    ),
    Broken(
        a_rule("segment", {"effect": "segment", "segment": "rich"}, when={"ge": [TOTAL, 5]}),
        f"{AT}.when",
        "member.* facts only",
        False,
    ),
    Broken(
        a_rule("segment", {"effect": "segment", "segment": "gold"}),
        f"{AT}.effects.0.segment",
        "unlike every other segment",
        False,
    ),
    Broken(
        a_rule("segment", {"effect": "segment", "segment": "rich"}, shops=["a"]),
        f"{AT}.shops",
        "of the members",
    ),
    Broken(a_rule("restriction", {"effect": "deny", "acts": []}), f"{AT}.effects.0.acts", "1 to 3"),
    Broken(a_rule("restriction", {"effect": "deny", "acts": ["ern"]}), f"{AT}.effects.0.acts.0", "mean earn"),
    Broken(
        a_rule("restriction", {"effect": "deny", "acts": ["earn"]}, budget=5),
        f"{AT}.budget",
        "of the members",
    ),
    Broken({"id": "x", "version": 1, "kind": "promotion", "when": True}, f"{AT}.effects", "Add effects"),
    Broken({**_promotion(), "effects": [5]}, f"{AT}.effects.0", "an object"),
    Broken({**_promotion(), "effects": [{"rate_bp": 5}]}, f"{AT}.effects.0.effect", "percent_off"),
]
