"""What a prize is made of when it is won: its postings, its voucher, the code of a thing."""

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.members.holder import Holder
from central.storage.interface.games import PlayRow
from central.storage.interface.rows import ShopRow
from central.storage.interface.vouchers import VoucherRow
from loyalty.ledger import assets
from loyalty.ledger.accrual import accrual
from loyalty.ledger.chart import vouchers_of
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.lots import end_of_day_ms, expires_ms
from loyalty.ledger.postings import Transaction
from loyalty.ledger.prizes import give_prize
from loyalty.ledger.vouchers import VoucherUnit, issue_vouchers
from loyalty.programme.games.counters import GAME, cause_of
from loyalty.programme.games.pool import Pool, Prize, PrizeKind
from loyalty.programme.party import funder_in
from loyalty.programme.voucher import voucher_code
from loyalty.value.secret_numbers import secret_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Who plays what, where and when. `client_seed`: the player's; `right`: right answers of a quiz."""

    play_id: str
    input_hash: bytes
    actor: Actor
    group: Group
    pool: Pool
    holder: Holder
    shop: ShopRow
    zone: tzinfo
    day: date
    now_ms: int
    client_seed: str
    right: int

    @property
    def member_id(self) -> str:
        """Who plays."""
        return self.holder.member.member_id


@dataclass(frozen=True, slots=True)
class Won:
    """What a play writes for its prize; all empty for nothing."""

    transaction: Transaction | None = None
    vouchers: tuple[VoucherRow, ...] = ()
    code_hash: bytes | None = None
    last_day: str = ""


NOTHING_WON = Won()


class PrizeGiver:
    """Makes prizes. Their numbers are derived, so that the first answer can be given again."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault

    async def give(self, play: Play, prize: Prize) -> Won:
        """What it takes to give a prize, decided on what is there now: the store guards it."""
        head = EntryHead(
            transaction_id=f"{play.play_id}/prize",
            cause_id=cause_of(play.play_id),
            occurred_ms=play.now_ms,
            recorded_ms=play.now_ms,
            actor=play.actor.token_id,
            terminal_id=play.actor.terminal_id,
            ruleset_version=play.group.row.ruleset_version,
        )
        group_id = play.group.row.group_id
        last = play.day + timedelta(days=prize.valid_days)
        funder = funder_in(play.group.programme.funder, play.shop.shop_id)
        given: Transaction | None = None
        vouchers: tuple[VoucherRow, ...] = ()
        code_hash: bytes | None = None
        if prize.kind is PrizeKind.POINTS:
            known = await self._store.find_points(group_id, play.member_id)
            given = accrual(
                head,
                member_id=play.member_id,
                points=prize.points,
                points_owed=known.owed,
                expires_ms=expires_ms(play.group.programme.expiry, play.day, play.zone),
                funder=funder,
            )
        elif prize.kind is PrizeKind.VOUCHER:
            row = self._voucher(play, prize, last)
            unit = VoucherUnit(
                row.account,
                assets.voucher(row.definition),
                row.lot_id,
                end_of_day_ms(last, play.zone),
                row.sale_id,
                funder,
            )
            given, vouchers = issue_vouchers(head, [unit]), (row,)
        else:
            code_hash = self._vault.prize_hash(group_id, self._thing_code(group_id, play.play_id))
        transaction = give_prize(
            head,
            play.pool.game_id,
            prize.prize_id,
            currency=assets.money(play.group.row.currency),
            cost_minor=prize.cost_minor,
            given=given,
        )
        return Won(
            transaction, vouchers, code_hash, "" if prize.kind is PrizeKind.POINTS else last.isoformat()
        )

    def code_of(self, row: PlayRow, prize: Prize) -> str:
        """The digits of what was won; empty for points."""
        if prize.kind is PrizeKind.VOUCHER:
            return voucher_code(self._vault.voucher_secret(row.group_id, _voucher_id(row.play_id)))
        if prize.kind is PrizeKind.GIFT:
            return self._thing_code(row.group_id, row.play_id)
        return ""

    def _thing_code(self, group_id: str, play_id: str) -> str:
        return secret_number(self._vault.prize_secret(group_id, play_id))

    def _voucher(self, play: Play, prize: Prize, last: date) -> VoucherRow:
        group_id = play.group.row.group_id
        voucher_id = _voucher_id(play.play_id)
        code = voucher_code(self._vault.voucher_secret(group_id, voucher_id))
        return VoucherRow(
            group_id=group_id,
            voucher_id=voucher_id,
            code_hash=self._vault.voucher_hash(group_id, code),
            definition=prize.voucher,
            rule_id=f"{GAME}/{play.pool.game_id}",
            account=vouchers_of(play.member_id, cause_of(play.play_id)),
            lot_id=f"{play.play_id}/prize/voucher",
            member_id=play.member_id,
            sale_id=cause_of(play.play_id),
            number=1,
            worth_minor=prize.cost_minor,
            redeem_on="",
            last_day=last.isoformat(),
            made_ms=play.now_ms,
        )


def _voucher_id(play_id: str) -> str:
    return f"{play_id}/prize"
