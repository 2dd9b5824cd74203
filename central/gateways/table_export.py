"""A store's copy as a SQLite file and CSV files to look at: listed columns of one group, nothing else.

What is not listed here does not leave: token hashes, wrapped keys, sealed persons, look-up hashes, the line
store's keys, the facts of tickets. Ticket lines leave only as sums by article.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlite_utils

SQLITE_FILE: Final = "officine.sqlite"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")

OnTable = Callable[[str, int, int], None]
"""Called with a table's name, how many tables are done, and of how many."""


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """A table's columns that leave always, those that leave with personal data only, and those never."""

    columns: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    as_hex: tuple[str, ...] = ()


def _table(columns: str = "", personal: str = "", withheld: str = "", as_hex: str = "") -> ExportedTable:
    return ExportedTable(
        tuple(columns.split()), tuple(personal.split()), tuple(withheld.split()), tuple(as_hex.split())
    )


_ARTICLE = "name article_class codes brand range source version recorded_ms tax_rate_bp atc country_classes"
_TICKET = "shop_id business_key terminal_id member_id occurred_ms recorded_ms total_minor points"

TABLES: Final[Mapping[str, ExportedTable]] = {
    "pharmacy_group": _table("group_id name country currency settings programme ruleset_version created_ms"),
    "group_head": _table("event_seq journal_seq journal_hash", as_hex="journal_hash"),
    "programme_version": _table("ruleset_version programme actor recorded_ms"),
    "token": _table(
        "token_id label permissions shop_id terminal_id created_ms revoked_ms", withheld="token_hash"
    ),
    "pairing": _table(
        withheld="pairing_id code public_key serial poi_id version address requested_ms expires_ms shop_id"
        " terminal_id token_id sealed_token"
    ),
    "shop": _table(
        "shop_id name country time_zone external_id street postcode city phone opening_hours website"
        " latitude_e7 longitude_e7"
    ),
    "shop_page": _table("shop_id part body changed_ms"),
    "poster": _table("poster_id body changed_ms"),
    "picture": _table("used_by size sha256 width height", withheld="content"),
    "shop_message": _table(
        "message_id shop_id member_id staff_id topic token_id made_ms done_ms done_by sealed_for",
        withheld="input_hash sealed",
    ),
    "lost_report": _table(
        "report_id shop_id token_id member_id made_ms ends_ms tries state ended_ms",
        withheld="code_hash cards",
    ),
    "carer": _table(
        "carer_id member_id may given_by token_id shop_id made_ms ends_ms ended_ms sealed_for",
        withheld="card_number sealed",
    ),
    "carer_ticket": _table("sale_id carer_id at_ms"),
    "card_replacement": _table(
        "replacement_id shop_id token_id is_with_card member_id tries proof staff_id state made_ms ends_ms"
        " done_ms",
        withheld="code_hash card_number new_card",
    ),
    "member_fact": _table(
        "member_id seen_seq stale_ms ruleset_version as_of_day is_known grade tier segments language"
        " home_shop points visits visits_3_months spent_3_months_minor spent_12_months_minor"
        " is_first_purchase days_since_purchase days_since_enrolment is_sponsored",
        withheld="sealed",
    ),
    "segment_member": _table("member_id segment entry_no from_ms to_ms"),
    "member_consent": _table("member_id purpose entry_no is_given at_ms actor text_version shop_id"),
    "contact_code": _table(
        "code_id member_id channel made_ms expires_ms tries done_ms token_id", withheld="input_hash sealed"
    ),
    "staff_shown": _table("staff_id name title agreed_ms actor"),
    "member_pharmacist": _table("member_id staff_id chosen_by at_ms actor"),
    "invitation": _table(
        "invitation_id member_id way made_ms expires_ms used_ms token_id shop_id",
        withheld="input_hash link_hash sealed",
    ),
    "call_back": _table("member_id call_back_id at_ms is_reached actor"),
    "message": _table(
        "message_id member_id channel state reason tries next_try_ms made_ms ended_ms actor shop_id"
        " delivery delivery_ms is_notice",
        withheld="sealed input_hash",
    ),
    "insured_card": _table("card_number linked_ms actor", withheld="card_hash"),
    "phone_card": _table("handle card_number made_ms ended_ms actor"),
    "consumer": _table("name seq"),
    "party": _table(
        "kind party_id name country language tax_number state",
        personal="street postcode city email bank_account bank_reference",
    ),
    "funded_line": _table(
        "month funder entry_id ticket_ref return_ref line_no rule_id rule_version what voucher creditor"
        " shop_id local_day quantity points amount_minor currency tax_rate_bp",
        withheld="article_id",
    ),
    "member_association": _table(personal="member_id entry_no association_id from_ms to_ms actor"),
    "association_deal": _table("association_id shop_id share_bp"),
    "association_turnover": _table(
        "month association_id shop_id share_bp counted_minor currency", personal="cause_id sale_id"
    ),
    "clearing_close": _table("month next_month until_seq closed_ms actor statement"),
    "association_payout": _table(
        "association_id month payer counted_minor share_minor points points_minor before_minor paid_minor"
        " after_minor currency transaction_id paid_ms actor"
    ),
    "article": _table(f"article_id {_ARTICLE}"),
    "article_version": _table(f"article_id {_ARTICLE}"),
    "article_code": _table("code article_id"),
    "article_text": _table("article_id texts changed_ms"),
    "shop_stock": _table("shop_id article_id units as_of_ms"),
    "price": _table("article_id valid_from_ms entry_no price_minor recorded_ms"),
    "member": _table(
        "member_id language home_shop_id enrolled_ms merged_into",
        withheld="merged_key key_wrapped person_sealed subject_sealed email_hash phone_hash input_hash",
    ),
    "member_merge": _table(
        "merge_id survivor_id duplicate_id state points value_minor requested_by requested_ms decided_by"
        " decided_ms transaction_id",
        personal="reason",
        withheld="input_hash",
    ),
    "member_trait": _table(personal="member_id entry_no kind value from_ms to_ms actor until_day"),
    "member_purchases": _table("member_id tickets returned"),
    "card": _table(
        "member_id state reason valid_until_ms issued_ms moves carer_id carer_may",
        personal="card_number uid replaced_by",
        withheld="issued_hash",
    ),
    "card_keys": _table("version made_ms retired_ms", withheld="sealed"),
    "chip_tap": _table("counter terminal at_ms replays", personal="uid"),
    "card_proof": _table("terminal begun_ms expires_ms", personal="uid tap_id", withheld="proof_id"),
    "staff_card": _table("staff_id needs issued_ms blocked_ms", personal="uid name"),
    "till_act": _table(
        "act_id kind shop_id terminal_id sale_id key_version opened_by staff_id occurred_ms recorded_ms"
    ),
    "lease": _table(
        "lease_id terminal_id shop_id member_id medium tap_counter asset amount drawn hold_no state"
        " granted_ms expires_ms ended_ms ended_by reason",
        personal="card_number",
        withheld="input_hash document",
    ),
    "lease_draw": _table(
        "lease_id sale_id terminal_id points at_risk reason tap_counter drawn_ms settled_ms",
        personal="tap_uid",
    ),
    "hot_card": _table("seq is_hot", personal="card_number"),
    "offline_content": _table("content_hash", withheld="content"),
    "offline_bundle": _table(
        "shop_id number bundle_id content_hash time_zone ruleset_version made_ms replaced_ms"
    ),
    "late_ticket": _table(
        "sale_id shop_id bundle_id recorded_ms occurred_ms told_total_minor told_points bundle_total_minor"
        " bundle_points total_minor points member_total_minor differs"
    ),
    "card_move": _table("move_no to_state reason actor at_ms", personal="card_number"),
    "sale": _table(
        f"sale_id {_TICKET} currency ruleset_version warnings transaction_id balance_after reservation_id"
        " as_of_ms points_redeemed redemption_id returns returned_minor sold_to",
        personal="operator",
        withheld="input_hash facts",
    ),
    "sale_return": _table(
        f"return_id sale_id {_TICKET} points_owed transaction_id balance_after points_restored"
        " restoration_id",
        personal="operator",
        withheld="input_hash",
    ),
    "reservation": _table(
        "reservation_id total_minor points expires_ms sale_id points_redeemed usage replaced_by",
        withheld="input_hash quote_id",
    ),
    "voucher": _table(
        "voucher_id definition rule_id account lot_id member_id sale_id number worth_minor redeem_on last_day"
        " made_ms taken_back",
        withheld="code_hash",
    ),
    "voucher_use": _table("sale_id voucher_id used_minor restored_by"),
    "gift_batch": _table(
        "batch_id cards amount_minor purpose funder state handout_id activation_id expires_ms made_by made_ms"
        " handed_out_ms activated_ms",
        withheld="input_hash",
    ),
    "gift_card": _table(
        "gift_card_id state batch_id place made_ms activation_id shop_id amount_minor expires_ms reason"
        " replaced_by member_id",
        personal="number_end",
        withheld="code_hash",
    ),
    "value_act": _table(
        "act_id kind shop_id member_id gift_card_id asset amount paid_minor tender funder actor recorded_ms"
        " expires_ms transaction_id balance_after",
        personal="operator reason",
        withheld="input_hash",
    ),
    "sale_tender": _table(
        "sale_id tender_no kind account asset gift_card_id amount_minor returned_minor balance_after",
        personal="number_end",
    ),
    "return_tender": _table("return_id tender_no amount_minor account"),
    "line_store_tender": _table(withheld="line_key line_no tender_no amount_minor returned_minor"),
    "guess": _table(withheld="token_id guess_no tried_ms"),
    "guess_report": _table(withheld="token_id told_ms"),
    "pin": _table("version tries set_ms", personal="owner", withheld="hash set_by"),
    "staff": _table("staff_id role shop_id put_ms ended_ms"),
    "counter_act": _table(
        "act_id kind shop_id token_id staff_id role member_id from_id sale_id reason day at_ms",
        withheld="input_hash",
    ),
    "incident": _table(
        "incident_id kind state shop_id token_id staff_id member_id sale_id taken_by notes opened_ms"
        " changed_ms",
        withheld="input_hash",
    ),
    "incident_note": _table("incident_id note_no act actor at_ms", withheld="sealed"),
    "parked_ticket": _table(
        "parked_id shop_id staff_id parked_ms expires_ms taken_ms taken_by",
        withheld="input_hash label sealed",
    ),
    "member_form": _table("member_id taken_ms completed_ms", personal="form_number"),
    "member_word": _table(withheld="word member_id"),
    "sale_gift": _table(withheld="sale_id number rule_id article_id quantity"),
    "goodwill": _table(
        "goodwill_id shop_id member_id role actor points recorded_ms transaction_id balance_after",
        personal="operator reason",
        withheld="input_hash",
    ),
    "game": _table("game_id version definition last_day published_ms changed_ms actor"),
    "game_play": _table(
        "play_id game_id member_id shop_id terminal_id actor day play_no plays_left server_seed client_seed"
        " number out_of drawn_id prize_id right_count last_day recorded_ms transaction_id handover_id"
        " handed_shop_id handed_actor handed_ms handover_transaction_id",
        personal="handed_operator",
        withheld="input_hash code_hash handover_hash",
    ),
    "claim_counter": _table("claim_key owner used held"),
    "claim_use": _table(
        "cause_id claim_key owner rule_id asset amount freed state made_ms expires_ms",
    ),
    "line_store_line": _table(
        withheld="line_key line_no subject_id code article_id article_class quantity amount_minor points"
        " returned_quantity points_redeemed tax_rate_bp"
    ),
    "line_store_why": _table(withheld="line_key reasons"),
    "line_store_return": _table(withheld="line_key line_no already_returned quantity points amount_minor"),
    "read_log": _table(personal="entry_no at_ms member_id actor purpose"),
    "account": _table("account asset balance floor ceiling held"),
    "ledger_transaction": _table(
        "journal_seq transaction_id kind occurred_ms recorded_ms cause_id actor terminal_id ruleset_version"
        " row_hash",
        as_hex="row_hash",
    ),
    "posting": _table("journal_seq posting_no source target asset amount"),
    "lot": _table(
        "lot_id journal_seq lot_no account asset amount remaining expires_ms source_id funder held matures_ms"
        " awaits"
    ),
    "allocation": _table("journal_seq allocation_no lot_id amount"),
    "lot_restore": _table("journal_seq restore_no lot_id amount"),
    "hold": _table(
        "hold_id account asset amount posted state cause_id made_ms expires_ms ended_ms actor terminal_id"
    ),
    "hold_lot": _table("hold_id place lot_id amount"),
    "value_move": _table(
        "move_id kind member_id other_id asset amount recorded_ms transaction_id balance_after",
        withheld="input_hash",
    ),
    "correction": _table(
        "correction_id member_id points state requested_by requested_ms decided_by decided_ms transaction_id",
        personal="reason",
        withheld="input_hash",
    ),
    "household_member": _table(personal="member_id household_id joined_ms"),
    "programme_draft": _table(
        "draft_id programme note state revision author changed_ms reviewer reviewed_ms review_note"
        " activate_ms ruleset_version"
    ),
    "event": _table("seq kind at_ms", personal="body"),
}
"""Every table of the store with every column but `group_id`, which stands for the whole file."""

_SUMS_TABLE: Final = "article_sales"
_SUMS: Final = """
SELECT code, article_class, count(*) AS lines, sum(quantity) AS quantity, sum(amount_minor) AS amount_minor,
    sum(points) AS points, sum(returned_quantity) AS returned_quantity
FROM line_store_line WHERE group_id = :group_id GROUP BY code, article_class ORDER BY code, article_class
"""


def write_tables(
    copy: Path, directory: Path, group_id: str, *, with_personal: bool, on_table: OnTable
) -> dict[str, int]:
    """Write the listed tables of one group; rows by table.

    Args:
        copy: a consistent copy of the store, never the store itself.
        directory: where `officine.sqlite` and one CSV a table are made; they must not exist.
    """
    source = sqlite_utils.Database(copy)
    target = sqlite_utils.Database(directory / SQLITE_FILE)
    try:
        counts: dict[str, int] = {}
        for done, (name, table) in enumerate(TABLES.items(), start=1):
            columns = table.columns + (table.personal if with_personal else ())
            if columns:
                types = source[name].columns_dict | dict.fromkeys(table.as_hex, str)
                rows = list(source.query(_select(name, columns, table.as_hex), {"group_id": group_id}))
                _write(target, directory, name, {column: types[column] for column in columns}, rows)
                counts[name] = len(rows)
            on_table(name, done, len(TABLES))
        sums = list(source.query(_SUMS, {"group_id": group_id}))
        types = dict.fromkeys(("lines", "quantity", "amount_minor", "points", "returned_quantity"), int)
        _write(target, directory, _SUMS_TABLE, {"code": str, "article_class": str} | types, sums)
        counts[_SUMS_TABLE] = len(sums)
        return counts
    finally:
        source.close()
        target.close()


def write_people(directory: Path, table: str, people: Sequence[Mapping[str, Any]]) -> None:
    """Add a table to an export: what members told of themselves, or of those who act for them."""
    target = sqlite_utils.Database(directory / SQLITE_FILE)
    try:
        _write(target, directory, table, dict.fromkeys(people[0], str) if people else {}, people)
    finally:
        target.close()


def member_ids(copy: Path, group_id: str) -> list[str]:
    """The members of a group whose key still exists, in a copy of the store."""
    source = sqlite_utils.Database(copy)
    try:
        query = "SELECT member_id FROM member WHERE group_id = :group_id AND key_wrapped IS NOT NULL"
        return [row["member_id"] for row in source.query(query, {"group_id": group_id})]
    finally:
        source.close()


def _select(name: str, columns: Iterable[str], as_hex: Sequence[str]) -> str:
    """A SELECT made of the names listed above; the group is bound."""
    shown = [f"lower(hex({name})) AS {name}" if name in as_hex else name for name in columns]
    return f"SELECT {', '.join(shown)} FROM {name} WHERE group_id = :group_id"  # noqa: S608


def _write(
    target: Any, directory: Path, name: str, types: Mapping[str, type], rows: Sequence[Mapping[str, Any]]
) -> None:
    if types:
        target[name].create(dict(types))
        target[name].insert_all(rows)
    with (directory / f"{name}.csv").open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(types)
        for row in rows:
            writer.writerow([_safe(row[column]) for column in types])


def _safe(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
