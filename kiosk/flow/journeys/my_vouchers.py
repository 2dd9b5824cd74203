"""My vouchers: what can be used now, one with its number to show at the till or to print (P-11)."""

from dataclasses import dataclass, replace

from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.journeys.my_points import ask_value, may_see_value
from kiosk.flow.printing import PrintingPage, ask_paper, has_a_printer, paper_told, paper_unanswered
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, Screen, State
from loyalty.limits.my_value import KIOSK_VOUCHERS_PER_PAGE
from wire.my_value import MyValueTold, ShowVoucher, Voucher, VoucherTold
from wire.printing import PrintTold


@dataclass(frozen=True, slots=True, kw_only=True)
class VouchersPage(PrintingPage):
    """The list, and the voucher that was chosen of it.

    `told`, `shown`: None while awaited.
    `made_of`: of how many points the voucher was made just now, with `left` left; 0: it was there before.
    """

    screens = frozenset({Screen.MY_VOUCHERS, Screen.MY_VOUCHER})
    told: MyValueTold | None = None
    number: int = 0
    voucher: Voucher | None = None
    shown: VoucherTold | None = None
    made_of: int = 0
    left: int = 0

    @property
    def vouchers(self) -> tuple[Voucher, ...]:
        """All of the list."""
        return () if self.told is None else self.told.vouchers

    @property
    def rows(self) -> tuple[Voucher, ...]:
        """Those of the page that is shown."""
        first = self.number * KIOSK_VOUCHERS_PER_PAGE
        return self.vouchers[first : first + KIOSK_VOUCHERS_PER_PAGE]


def _open(state: State, _action: Action, now_ms: int) -> Step:
    page = VouchersPage()
    return ask_value(go(state, Screen.MY_VOUCHERS, page, now_ms=now_ms), page, now_ms=now_ms)


def _told(state: State, told: MyValueTold, _now_ms: int) -> Step:
    return replace(state, journey=replace(page_of(state, VouchersPage), told=told)), ()


def _turn(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, VouchersPage)
    last = max(0, (len(page.vouchers) - 1) // KIOSK_VOUCHERS_PER_PAGE)
    number = page.number + (1 if action is Action.OLDER else -1)
    return replace(state, journey=replace(page, number=min(max(number, 0), last)), touched_ms=now_ms), ()


def _choose(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, VouchersPage)
    voucher = next(iter(page.rows[chosen(action) :][:1]), None)
    if voucher is None or is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    page = replace(page, voucher=voucher, shown=None, printing="")
    session_id = state.session_id
    return ask(
        go(state, Screen.MY_VOUCHER, page, now_ms=now_ms),
        page,
        lambda asked: ShowVoucher(request_id=asked, session_id=session_id, voucher_id=voucher.voucher_id),
        now_ms=now_ms,
        only_reads=True,
    )


def _shown(state: State, shown: VoucherTold, _now_ms: int) -> Step:
    return replace(state, journey=replace(page_of(state, VouchersPage), shown=shown)), ()


def may_print(state: State, page: VouchersPage) -> bool:
    """Whether there is a printer that would print, and something to print; once more where it failed."""
    is_there = page.shown is not None and not page.shown.trouble
    return is_there and has_a_printer(state) and page.may_try


def _print(state: State, _action: Action, now_ms: int) -> Step:
    page = page_of(state, VouchersPage)
    if page.voucher is None or not may_print(state, page):
        return replace(state, touched_ms=now_ms), ()
    return ask_paper(state, page, "voucher", item_id=page.voucher.voucher_id, now_ms=now_ms)


def _unanswered(state: State, now_ms: int) -> Step:
    page = page_of(state, VouchersPage)
    if page.printing == "asked":
        return paper_unanswered(state, now_ms)
    if state.screen is Screen.MY_VOUCHER:
        return _shown(state, VoucherTold(request_id="", trouble="central_unreachable"), now_ms)
    return _told(state, MyValueTold(request_id="", trouble="central_unreachable"), now_ms)


def _back_to_list(state: State, action: Action, now_ms: int) -> Step:
    """A slip that is on its way is waited for: the paper and the screen say the same."""
    page = page_of(state, VouchersPage)
    if page.printing == "asked":
        return replace(state, touched_ms=now_ms), ()
    if page.told is None:
        return _open(state, action, now_ms)
    page = replace(page, voucher=None, shown=None, request_id="", printing="")
    return go(state, Screen.MY_VOUCHERS, page, now_ms=now_ms), ()


JOURNEY = Journey(
    touches={
        Screen.MY_VOUCHERS: {
            Action.BACK: open_menu,
            Action.OLDER: _turn,
            Action.NEWER: _turn,
            **dict.fromkeys(CHOICES[:KIOSK_VOUCHERS_PER_PAGE], _choose),
        },
        Screen.MY_VOUCHER: {Action.BACK: _back_to_list, Action.PRINT: _print},
    },
    told={MyValueTold: _told, VoucherTold: _shown, PrintTold: paper_told},
    unanswered=_unanswered,
    member_tiles=(Tile(action=Action.MY_VOUCHERS, enter=_open, is_offered=may_see_value),),
)
