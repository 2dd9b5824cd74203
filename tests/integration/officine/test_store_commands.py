"""Commands on a real SQLite file."""

import asyncio
import io
import json
import re
import sqlite3
import sys
from pathlib import Path

import pytest

from officine.opened import actor_for, opened_services
from tests.integration.officine.cli import run, run_json
from tests.integration.officine.conftest import CARD, GROUP, SHOP
from tests.integration.officine.sales import sell
from wire import api_catalogue

BAD_PROGRAMME = {"rules": [{"id": "r"}], "benefits_valid_in": "every_shop"}


def test_a_group_is_made_once_and_the_same_command_changes_nothing(place: Path) -> None:
    made = run_json("group", "create", "leman", *GROUP)
    again = run_json("group", "create", "leman", *GROUP)
    assert (made["change"], again["change"]) == ("created", "unchanged")
    assert (made["group"]["currency"], made["group"]["ruleset_version"]) == ("CHF", 1)
    assert (place / "central.db.keys").stat().st_mode & 0o077 == 0


def test_reading_a_database_that_is_not_there_makes_none(place: Path) -> None:
    outcome = run("member", "show", "m-1", "--json")
    assert outcome.status == 1
    assert outcome.error["code"] == "database_refused"
    assert "officine group create" in outcome.error["detail"]
    assert list(place.iterdir()) == []


def test_lost_keys_are_an_error_and_never_made_anew(group: str, place: Path) -> None:
    (place / "central.db.keys").unlink()
    outcome = run("group", "show", "--json")
    assert (outcome.status, outcome.error["code"]) == (1, "settings_invalid")
    assert not (place / "central.db.keys").exists()


def test_with_two_groups_one_must_be_named(group: str) -> None:
    run_json("group", "create", "other", *GROUP)
    outcome = run("shop", "list", "--json")
    assert outcome.status == 1
    assert "leman, other" in outcome.error["detail"]
    assert run_json("shop", "list", "--group", "leman")["shops"][0]["shop_id"] == "nyon"
    assert run_json("shop", "list", "--group", "other")["shops"] == []


def test_a_new_name_keeps_the_programme(group: str, place: Path) -> None:
    document = run_json("group", "programme", "show")["programme"]
    document["expiry"] = {"policy": "end_of_year", "years": 1}
    (place / "p.json").write_text(json.dumps(document), encoding="utf-8")
    done = run_json("group", "programme", "set", "p.json")
    assert done == {"change": "changed", "ruleset_version": 2, "findings": []}
    run_json("group", "create", "leman", "--name", "Other", "--country", "CH", "--currency", "CHF")
    assert run_json("group", "programme", "show") == {"ruleset_version": 2, "programme": document}


def test_a_group_that_has_a_programme_changes_it_by_a_draft_alone(group: str, place: Path) -> None:
    document = run_json("group", "programme", "show")["programme"]
    for years in (1, 2):
        document["expiry"] = {"policy": "end_of_year", "years": years}
        (place / f"{years}.json").write_text(json.dumps(document), encoding="utf-8")
    run_json("group", "programme", "set", "1.json")
    assert run_json("group", "programme", "set", "1.json")["change"] == "unchanged"
    same = ("group", "create", "leman", "--name", "L", "--country", "CH", "--currency", "CHF")
    for asked in (("group", "programme", "set", "2.json"), (*same, "--programme", "2.json")):
        error = run(*asked, "--json").error
        assert error["code"] == "programme_needs_review"
        assert "officine rules draft" in error["detail"]
    assert run_json("group", "programme", "show")["ruleset_version"] == 2


def test_a_group_with_tickets_changes_even_what_it_began_with_by_a_draft(member: str, place: Path) -> None:
    document = run_json("group", "programme", "show")["programme"]
    document["expiry"] = {"policy": "end_of_year", "years": 1}
    (place / "p.json").write_text(json.dumps(document), encoding="utf-8")
    sell(("s-1", 500))
    assert run("group", "programme", "set", "p.json", "--json").error["code"] == "programme_needs_review"


def test_what_the_law_says_of_a_first_programme_is_shown_with_what_to_do(group: str, place: Path) -> None:
    document = run_json("group", "programme", "show")["programme"]
    document["rules"].append(
        {
            "id": "rx",
            "version": 1,
            "kind": "campaign",
            "when": True,
            "lines": {"eq": [{"fact": "line.article_class"}, "medicine_rx"]},
            "effects": [{"effect": "points_fixed", "points": 5, "per": "ticket"}],
        }
    )
    (place / "p.json").write_text(json.dumps(document), encoding="utf-8")
    found = run_json("group", "programme", "set", "p.json")["findings"]
    assert [(each["code"], each["path"]) for each in found] == [
        ("product_bound_points", "programme.rules.rx")
    ]
    assert "Take medicine_rx out of the rule" in found[0]["detail"]


def test_a_programme_that_does_not_hold_is_refused_and_the_old_one_stays(group: str, place: Path) -> None:
    before = run_json("group", "programme", "show")
    (place / "p.json").write_text(json.dumps(BAD_PROGRAMME), encoding="utf-8")
    assert run("group", "programme", "set", "p.json").status == 1
    assert run_json("group", "programme", "show") == before


def test_a_member_is_enrolled_once(group: str) -> None:
    enrol = (
        "member",
        "enrol",
        "--id",
        "m-1",
        "--family-name",
        "Aubert",
        "--card",
        CARD,
        "--home-shop",
        "nyon",
    )
    first, again = run_json(*enrol), run_json(*enrol)
    assert (first["is_replay"], again["is_replay"]) == (False, True)
    assert run_json("member", "show", "m-1")["cards"][0]["state"] == "active"
    assert run_json("member", "balance", "m-1")["points"] == 0


def test_traits_are_changed_by_name_and_shown_with_their_history(member: str) -> None:
    run_json("member", "enrol", "--id", "m-2", "--family-name", "Favre")
    changed = run_json(
        "member", "traits", member, "--tier", "gold", "--join", "parents", "--join", "sport",
        "--sponsor", "m-2", "--child-birthday", "2021-06-01", "--spouse-birthday", "1990-02-28",
    )  # fmt: skip
    assert (changed["tier"], changed["sponsor_id"]) == ("gold", "m-2")
    assert changed["segments"] == ["parents", "sport"]
    assert run_json("member", "traits", member) == changed, "without an option it only shows"
    ended = run_json("member", "traits", member, "--tier", "", "--leave", "sport", "--child-birthday", "")
    assert (ended["tier"], ended["segments"], ended["child_birth_dates"]) == (None, ["parents"], [])
    assert ended["spouse_birth_date"] == "1990-02-28"
    assert [(each["kind"], each["to_ms"] is None) for each in ended["history"] if each["kind"] == "tier"] == [
        ("tier", False)
    ]
    shown = run("member", "traits", member)
    assert shown.status == 0
    assert "parents" in shown.out
    refused = run("member", "traits", "m-2", "--sponsor", member, "--json")
    assert refused.error["code"] == "sponsor_refused"
    wrong = run("member", "traits", member, "--spouse-birthday", "28.2.1990", "--json")
    assert wrong.error["code"] == "input_invalid"


def test_a_wrong_value_names_its_option(group: str) -> None:
    outcome = run("member", "enrol", "--family-name", "x" * 201, "--json")
    assert outcome.status == 1
    assert outcome.error["detail"].startswith("--family-name: ")


def test_a_card_is_blocked_unblocked_and_replaced(member: str) -> None:
    assert run_json("card", "block", CARD, "--reason", "lost")["state"] == "blocked"
    assert run_json("card", "unblock", CARD)["state"] == "active"
    assert run_json("card", "replace", CARD, "2990000000026")["member_id"] == member
    assert run_json("card", "show", CARD)["replaced_by"] == "2990000000026"
    assert run_json("card", "replacements") == {"replacements": []}, "those are of kiosks"


def test_somebody_acts_for_a_member_and_no_more(member: str) -> None:
    run_json("card", "issue", "2990000000118")
    given = run_json(
        "member", "carers", member, "--give", "2990000000118", "--name", "Marie", "--may", "spend"
    )
    (carer,) = given["carers"]
    assert (carer["name"], carer["may"], carer["state"]) == ("Marie", ["spend"], "open")
    ended = run_json("member", "carers", member, "--end", carer["carer_id"])
    assert [each["state"] for each in ended["carers"]] == ["ended"]
    assert run_json("card", "show", "2990000000118")["state"] == "blocked"
    assert run("member", "carers", member).status == 0


def test_a_stolen_card_stays_blocked(member: str) -> None:
    run_json("card", "block", CARD, "--reason", "stolen")
    outcome = run("card", "unblock", CARD, "--json")
    assert (outcome.status, outcome.error["code"]) == (1, "card_stays_blocked")
    assert run_json("card", "show", CARD)["state"] == "blocked"


def test_unblocking_is_no_way_to_validate(member: str) -> None:
    run_json("card", "issue", "2990000000026", "--member", member, "--to-validate")
    assert run("card", "unblock", "2990000000026").status == 1
    assert run_json("card", "show", "2990000000026")["state"] == "to_validate"
    assert run_json("card", "validate", "2990000000026")["state"] == "active"


def test_a_card_of_stock_gets_its_member_when_it_is_validated(member: str) -> None:
    assert run_json("card", "issue", "2990000000033")["card"]["state"] == "stock"
    validated = run_json("card", "validate", "2990000000033", "--member", member)
    assert (validated["state"], validated["member_id"]) == ("active", member)


def test_a_card_number_can_come_from_standard_input(member: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{CARD}\n"))
    assert run_json("card", "show", "-")["member_id"] == member


def test_a_token_is_shown_once_works_and_can_be_revoked(group: str) -> None:
    issued = run_json("token", "issue", "--role", "terminal", "--shop", "nyon", "--label", "counter")
    (listed,) = run_json("token", "list")
    assert listed["token_id"] == issued["token_id"]
    assert issued["token"] not in json.dumps(listed)
    assert run_json("token", "revoke", issued["token_id"])["is_revoked"] is True
    outcome = run("token", "revoke", issued["token_id"], "--json")
    assert (outcome.status, outcome.error["code"]) == (1, "token_not_found")


def test_a_token_for_a_file_is_not_printed_and_only_its_owner_reads_it(group: str, place: Path) -> None:
    issue = ("token", "issue", "--role", "office", "--label", "office", "--output", "office.token")
    outcome = run(*issue)
    token = (place / "office.token").read_text(encoding="ascii").strip()
    assert (place / "office.token").stat().st_mode & 0o777 == 0o600
    assert token not in outcome.out + outcome.err
    assert run(*issue).status == 1
    assert len(run_json("token", "list")) == 1


def test_a_terminal_token_for_a_shop_that_is_not_there_is_refused(group: str) -> None:
    outcome = run("token", "issue", "--role", "terminal", "--shop", "nowhere", "--label", "x", "--json")
    assert (outcome.status, outcome.error["code"]) == (1, "shop_not_found")
    assert run_json("token", "list") == []


def test_tickets_are_listed_page_by_page(member: str) -> None:
    sell(("s-1", 500), ("s-2", 700), ("s-3", 900))
    first = run_json("member", "tickets", member, "--limit", "2")
    rest = run_json("member", "tickets", member, "--limit", "2", "--before", first["next"])
    assert [ticket["sale_id"] for ticket in first["tickets"] + rest["tickets"]] == ["s-3", "s-2", "s-1"]
    assert rest["next"] is None
    assert run_json("member", "balance", member)["points"] == 21


def test_the_ledger_is_proved(member: str) -> None:
    sell(("s-1", 500))
    report = run_json("check", "ledger")
    assert report["is_sound"] is True
    assert (report["groups"][0]["transactions"], report["groups"][0]["findings"]) == (1, [])


def test_a_balance_somebody_changed_is_found(member: str, place: Path) -> None:
    sell(("s-1", 500))
    with sqlite3.connect(place / "central.db") as database:
        changed = database.execute("UPDATE account SET balance = balance + 1 WHERE account LIKE 'member%'")
    database.close()
    assert changed.rowcount == 1
    outcome = run("check", "ledger", "--json")
    assert outcome.status == 1
    codes = {finding["code"] for finding in outcome.json["groups"][0]["findings"]}
    assert {"balance_differs", "asset_not_zero"} <= codes
    assert "✗" in run("check", "ledger").out


def test_shops_are_imported_once(group: str, place: Path) -> None:
    rows = "shop_id,name,city\nvevey,Vevey,Vevey\n,nameless,Bex\n"
    (place / "shops.csv").write_text(rows, encoding="utf-8")
    first, again = run_json("import", "shops", "shops.csv"), run_json("import", "shops", "shops.csv")
    assert (first["rows"], first["taken"], first["refused"]) == (2, 1, 1)
    assert (again["taken"], again["changed"], again["unchanged"]) == (0, 0, 1)


def test_articles_are_imported_by_rules_that_can_be_seen(group: str, place: Path) -> None:
    (place / "rules.toml").write_text(run("import", "class-rules").out, encoding="utf-8")
    (place / "a.csv").write_text("code;name;price\n2100000000012;Sun cream;19.90\n", encoding="utf-8")
    report = run_json("import", "articles", "a.csv", "--rules", "rules.toml")
    assert (report["taken"], report["priced"]) == (1, 1)


def test_an_export_holds_the_group_and_writes_over_nothing(member: str, place: Path) -> None:
    exported = run_json("export", "copies")
    assert exported["manifest"]["tables"]["member"] == 1
    assert exported["manifest"]["has_personal_data"] is False
    assert (place / "copies" / "officine.sqlite").is_file()
    assert run("export", "copies").status == 1


def test_settings_are_shown_with_secrets_masked(place: Path) -> None:
    (place / "officine.toml").write_text(
        '[terminal]\ncentral_url = "http://x"\nstate_dir = "/s"\nsocket = "a"\nreader_socket = "b"\n'
        'token = "ofc_secret"\n',
        encoding="utf-8",
    )
    outcome = run("check", "settings", "--json")
    assert outcome.status == 0
    assert set(outcome.json["settings"]) == {"central", "terminal"}
    assert "ofc_secret" not in outcome.out + run("check", "settings").out


def test_settings_are_shown_as_the_file_writes_them(place: Path) -> None:
    (place / "officine.toml").write_text(
        '[reader]\nsocket = "r"\ndriver = ["simulated", "pcsc"]\ncontrol_socket = "c"\n'
        '[kiosk]\nagent_socket = "a"\nreader_socket = "r"\nsize = [800, 480]\nis_windowed = false\n',
        encoding="utf-8",
    )
    said = run("check", "settings").out
    shown = {words[0]: words[1] for line in said.splitlines() if len(words := line.split(maxsplit=1)) == 2}
    assert shown["driver"].strip() == '["simulated", "pcsc"]'
    assert (shown["size"].strip(), shown["is_windowed"].strip()) == ("[800, 480]", "false")
    assert not {"True", "False", "None"} & set(said.split())
    assert "'" not in said


def test_settings_that_cannot_be_used_are_named(place: Path) -> None:
    (place / "officine.toml").write_text("[reader]\n", encoding="utf-8")
    outcome = run("check", "settings", "--json")
    assert outcome.status == 1
    assert outcome.json["is_valid"] is False
    assert "OFFICINE_READER_SOCKET" in " ".join(outcome.json["errors"]["reader"])


def test_all_wrong_settings_are_told_at_once_and_always_as_errors(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFICINE_REEDER_DRIVER", "pcsc")
    (place / "officine.toml").write_text("[reader]\nserial_baud = 1\n[kiosks]\n", encoding="utf-8")
    outcome = run("check", "settings")
    assert outcome.status == 1
    for told in (
        "[kiosks]: is",
        "OFFICINE_READER_DRIVER?",
        "lacks socket",
        "serial_baud = 1",
        "control_socket",
    ):
        assert told in outcome.err
        assert told not in outcome.out
    errors = run("check", "settings", "--json").json["errors"]
    assert (set(errors), len(errors["file"])) == ({"file", "reader"}, 2)

    (place / "officine.toml").write_text("[reader\n", encoding="utf-8")
    broken = run("check", "settings")
    assert (broken.status, "is not TOML" in broken.err, broken.out.count("TOML")) == (1, True, 0)
    assert "is not TOML" in run("check", "settings", "--json").json["errors"]["file"][0]


def test_names_are_never_taken_for_colours(group: str) -> None:
    run_json("shop", "put", "odd", "--name", "[bold]Odd[/]", *SHOP[2:])
    assert "[bold]Odd[/]" in run("shop", "show", "odd").out


def test_a_replay_books_once_and_its_ledger_is_sound(place: Path) -> None:
    rows = (
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
        "C536379,85123A,T-LIGHT HOLDER,-2,2010-12-01 09:41:00,2.55,17850.0,United Kingdom\n"
        "C536380,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom\n"
    )
    (place / "uci.csv").write_text(rows, encoding="utf-8")
    first, again = run_json("replay", "uci", "uci.csv"), run_json("replay", "uci", "uci.csv")
    assert (first["sales_booked"], first["returns_booked"], first["unmatched"]["lines"]) == (1, 1, 1)
    assert (again["sales_booked"], again["returns_booked"]) == (0, 0)
    assert (again["sales_replayed"], again["returns_replayed"]) == (1, 1)
    assert run_json("check", "ledger")["is_sound"] is True


def test_a_replay_elsewhere_needs_a_token(place: Path) -> None:
    (place / "uci.csv").write_text("InvoiceNo\n", encoding="utf-8")
    outcome = run("replay", "uci", "uci.csv", "--url", "http://127.0.0.1:1", "--json")
    assert (outcome.status, outcome.error["code"]) == (1, "input_invalid")


def test_an_article_is_classed_in_a_country_and_shown(group: str, place: Path) -> None:
    (place / "a.csv").write_text("code;name;class\n2100000000012;Drops;cosmetic\n", encoding="utf-8")
    run_json("import", "articles", "a.csv")
    (place / "fr.csv").write_text("code;name;class\n2100000000012;Gouttes;medicine_otc\n", encoding="utf-8")
    assert run_json("import", "articles", "fr.csv", "--country", "FR")["changed"] == 1
    asked = ("article", "class", "2100000000012", "medicine_rx", "--country")
    assert run_json(*asked, "DE")["country_classes"] == {"DE": "medicine_rx", "FR": "medicine_otc"}
    assert run(*asked, "Germany", "--json").error["code"] == "country_unknown"
    assert run(*asked, "CH", "--json").status == 0
    shown = run_json("article", "show", "2100000000012")
    assert (shown["article_class"], shown["version"]) == ("medicine_rx", 4)
    told = run("article", "show", "2100000000012").out
    assert "FR: medicine_otc" in told
    assert re.search(r"tax in the price +not known", told)

    async def tax() -> None:
        async with opened_services(None) as services:
            body = api_catalogue.ArticleBody(
                name="Drops", article_class="cosmetic", codes=["2100000000012"], tax_rate_bp=260
            )
            await services.articles.put_articles(
                await actor_for(services, None), [("code:2100000000012", body)]
            )

    asyncio.run(tax())
    assert re.search(r"tax in the price +2\.60 %", run("article", "show", "2100000000012").out)
