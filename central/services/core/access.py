"""Who asks, and what they may do: tokens, permissions, roles. `require` is each service's first line."""

from dataclasses import dataclass
from typing import Final

from loyalty.errors import LoyaltyError, Trouble

GROUP_READ: Final = "group.read"
PROGRAMME_WRITE: Final = "programme.write"
SHOPS_WRITE: Final = "shops.write"
ARTICLES_READ: Final = "articles.read"
ARTICLES_WRITE: Final = "articles.write"
IDENTIFY: Final = "members.identify"
MEMBERS_READ: Final = "members.read"
MEMBERS_WRITE: Final = "members.write"
CARDS_READ: Final = "cards.read"
CARDS_WRITE: Final = "cards.write"
CARDS_BLOCK: Final = "cards.block"
SALES_WRITE: Final = "sales.write"
SALES_READ: Final = "sales.read"
SALES_HISTORY: Final = "sales.history"
SALES_TELL: Final = "sales.tell"
LINES_READ: Final = "lines.read"
HEALTH_READ: Final = "health.read"
MEMBERS_ERASE: Final = "members.erase"
MEMBERS_MERGE: Final = "members.merge"
STREAM_READ: Final = "stream.read"
METRICS_READ: Final = "metrics.read"
TOKENS_WRITE: Final = "tokens.write"
LEDGER_CHECK: Final = "ledger.check"
VALUE_MOVE: Final = "value.move"
VALUE_CORRECT: Final = "value.correct"
VALUE_APPROVE: Final = "value.approve"
VALUE_GOODWILL: Final = "value.goodwill"
VALUE_SELL: Final = "value.sell"
VALUE_ISSUE: Final = "value.issue"
GIFT_CONVERT: Final = "gift_cards.convert"
PROGRAMME_REVIEW: Final = "programme.review"
TERMINALS_PAIR: Final = "terminals.pair"
CARD_KEYS: Final = "cards.keys"
COUNTER: Final = "counter.act"
COUNTER_READ: Final = "counter.read"
INCIDENTS: Final = "incidents.handle"
STAFF_WRITE: Final = "staff.write"
PARTIES_READ: Final = "parties.read"
PARTIES_WRITE: Final = "parties.write"
SETTLEMENTS_READ: Final = "settlements.read"
SETTLEMENTS_CLOSE: Final = "settlements.close"
LEASES_WRITE: Final = "leases.write"
MESSAGES_SEND: Final = "messages.send"
MESSAGES_RETRY: Final = "messages.retry"
KIOSKS_WATCH: Final = "kiosks.watch"

PERMISSIONS: Final = frozenset(
    {
        GROUP_READ, PROGRAMME_WRITE, SHOPS_WRITE, ARTICLES_READ, ARTICLES_WRITE, IDENTIFY, MEMBERS_READ,
        MEMBERS_WRITE, CARDS_READ, CARDS_WRITE, CARDS_BLOCK, SALES_WRITE, SALES_READ, SALES_HISTORY,
        SALES_TELL, LINES_READ, HEALTH_READ, STREAM_READ, METRICS_READ, TOKENS_WRITE, LEDGER_CHECK,
        VALUE_MOVE, VALUE_CORRECT, VALUE_APPROVE, VALUE_GOODWILL, VALUE_SELL, VALUE_ISSUE,
        GIFT_CONVERT,
        PROGRAMME_REVIEW, TERMINALS_PAIR, PARTIES_READ, PARTIES_WRITE, CARD_KEYS,
        SETTLEMENTS_READ, SETTLEMENTS_CLOSE, LEASES_WRITE, MEMBERS_ERASE, MEMBERS_MERGE,
        COUNTER, COUNTER_READ, STAFF_WRITE, INCIDENTS, MESSAGES_SEND, MESSAGES_RETRY, KIOSKS_WATCH,
    }
)  # fmt: skip

ROLES: Final[dict[str, frozenset[str]]] = {
    "terminal": frozenset(
        {
            GROUP_READ, ARTICLES_READ, IDENTIFY, SALES_WRITE, SALES_READ, SALES_TELL, CARDS_BLOCK,
            STREAM_READ, VALUE_MOVE, VALUE_GOODWILL, VALUE_SELL, GIFT_CONVERT, COUNTER,
            MESSAGES_SEND,
        }
    ),
    "office": PERMISSIONS - {SALES_HISTORY, SALES_TELL, LINES_READ, HEALTH_READ, CARD_KEYS, KIOSKS_WATCH},
    "importer": frozenset(
        {
            GROUP_READ, SHOPS_WRITE, ARTICLES_READ, ARTICLES_WRITE, IDENTIFY, MEMBERS_READ, MEMBERS_WRITE,
            CARDS_READ, CARDS_WRITE, SALES_WRITE, SALES_READ, SALES_HISTORY, STREAM_READ,
        }
    ),
}  # fmt: skip
"""Sets of permissions by name. `lines.read` (a member's purchase lines) and `health.read` (what they tell of
somebody's health) are in none, nor is `kiosks.watch` (see a kiosk's screen): they are given by hand.

`sales.tell` answers a member who shows a card, and is for where members stand.
"""


class Unauthenticated(LoyaltyError):
    """Nobody we know is asking."""

    code = "unauthenticated"
    trouble = Trouble.FORBIDDEN
    text = "Send a valid access token in the Authorization header (Bearer). Ask head office for a new one."


class PermissionMissing(LoyaltyError):
    """The token may not do this."""

    code = "permission_missing"
    trouble = Trouble.FORBIDDEN
    text = "This token lacks the permission {permission}. Ask head office for a token that has it."


class ShopNotYours(LoyaltyError):
    """A terminal named another shop than its own."""

    code = "shop_not_yours"
    trouble = Trouble.FORBIDDEN
    text = "This token acts for shop {own_shop_id} only. Leave shop_id out, or use a token of the other shop."


class ShopMissing(LoyaltyError):
    """A token without a shop must say which one it acts for."""

    code = "shop_missing"
    text = "This token belongs to no shop. Name the shop in shop_id."


class UnknownRole(LoyaltyError):
    """No such role or permission."""

    code = "unknown_permission"
    text = "There is no permission or role named {name}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks: a token of one group, or the operator of the machine (`operator_of`)."""

    group_id: str
    token_id: str
    permissions: frozenset[str]
    shop_id: str | None = None
    terminal_id: str | None = None

    def may(self, permission: str) -> bool:
        """Whether the actor holds `permission`."""
        return permission in self.permissions


NOBODY: Final = Actor(group_id="", token_id="nobody", permissions=frozenset())  # noqa: S106
"""Who calls what needs no token: may do nothing else."""


def operator_of(group_id: str) -> Actor:
    """The person at the machine itself (command line, demo, importers in-process): may do everything."""
    return Actor(group_id=group_id, token_id="operator", permissions=PERMISSIONS)  # noqa: S106


def require(actor: Actor, permission: str) -> None:
    """Raise PermissionMissing unless the actor holds `permission`."""
    if permission not in actor.permissions:
        raise PermissionMissing(permission=permission)


def shop_of(actor: Actor, shop_id: str | None) -> str:
    """The shop an action happens in: the terminal's own, or the one named by a token without a shop."""
    if actor.shop_id is None:
        if shop_id is None:
            raise ShopMissing
        return shop_id
    if shop_id not in (None, actor.shop_id):
        raise ShopNotYours(own_shop_id=actor.shop_id)
    return actor.shop_id
