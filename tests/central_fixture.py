"""A real central for tests: a real socket, a real SQLite file, a small group. Other areas' tests import it.

async with a_central(tmp_path) as central:
    answer = await central.post("sales", a_sale(central, lines=[(SUN_CREAM, 2, 3980)]))
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec

from central.app import running
from central.services.bundle import NO_OUTLETS, Services
from central.services.core.access import LINES_READ, Actor, operator_of
from central.services.core.clock import Clock, system_clock
from central.services.core.group import GroupSettings
from central.services.members.messages import Outlets
from central.settings import CentralSettings
from loyalty.limits.messages import MESSAGE_INTERVAL_S
from loyalty.limits.web import HTTP_BODY_DEADLINE_S, HTTP_CONNECTIONS_MAX
from tests.helpers import eventually
from wire import api_catalogue, api_members

T = TypeVar("T")

GROUP = "lac"
SHOPS = ("lac-1", "lac-2")
SUN_CREAM = "2000000000015"
SHAMPOO = "2000000000022"
PRESCRIPTION = "7680100000011"
_LOOKS_EVERY_S = 0.05
"""How often a central that has outlets for messages looks for some: tests wait for tries, not for looks."""
FIRST_MILK = "2000000000053"
"""Earns nothing: no source says that Swiss law lets it."""
UNCLASSIFIED = "2000000000039"
UNPRICED = "2000000000046"

CARD = "2900000000017"
UID = "04A1B2C3D4E580"
MEMBER = "m-anne"
OTHER_CARD = "2900000000024"
OTHER_UID = "04A1B2C3D4E581"
OTHER_MEMBER = "m-bruno"
BLOCKED_CARD = "2900000000031"
STOCK_CARD = "2900000000048"

PROGRAMME = {
    "rules": [
        {
            "id": "base",
            "version": 1,
            "kind": "campaign",
            "when": {"fact": "member.is_known"},
            "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
        }
    ],
    "expiry": {"policy": "months", "months": 24},
    "voucher_step": {"points": 500, "worth_minor": 1000},
}
_ARTICLES = (
    ("sun-cream", SUN_CREAM, "cosmetic", 1990),
    ("shampoo", SHAMPOO, "cosmetic", 890),
    ("prescription", PRESCRIPTION, "medicine_ch_b", 2500),
    ("first-milk", FIRST_MILK, "infant_milk_first_age", 2500),
    ("unclassified", UNCLASSIFIED, "unknown", 500),
    ("unpriced", UNPRICED, "cosmetic", None),
)


@dataclass(slots=True)
class Reply:
    """An HTTP answer, read whole."""

    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        """The problem's code."""
        return str(self.body["code"])


@dataclass(slots=True)
class CentralUnderTest:
    """A running central and its tokens: `terminal` (of lac-1), `terminal_2` (of lac-2), `office`, `importer`,
    `reader` (an office that may read purchase lines), `foreign` (the office of another group).
    """

    base_url: str
    services: Services
    operator: Actor
    tokens: dict[str, str]
    token_ids: dict[str, str]
    http: aiohttp.ClientSession
    clock: Clock
    opened: list[Any] = field(default_factory=list)

    async def call(
        self, method: str, path: str, body: object = None, *, token: str | None = "terminal", **extra: Any
    ) -> Reply:
        """Send one request under /api/v1 (or to an absolute path). `token`: a key of `tokens`, or None."""
        url = self.base_url + (path if path.startswith("/") else f"/api/v1/{path}")
        headers = dict(extra.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {self.tokens.get(token, token)}"
        if body is not None:
            extra["data"] = body if isinstance(body, bytes) else msgspec.json.encode(body)
            headers.setdefault("Content-Type", "application/json")
        async with self.http.request(method, url, headers=headers, **extra) as response:
            raw = await response.read()
            is_json = response.content_type.endswith("json")
            return Reply(response.status, json.loads(raw) if is_json else raw, response.headers)

    async def post(self, path: str, body: object, *, token: str | None = "terminal", **extra: Any) -> Reply:
        return await self.call("POST", path, body, token=token, **extra)

    async def get(self, path: str, *, token: str | None = "terminal", **extra: Any) -> Reply:
        return await self.call("GET", path, token=token, **extra)

    async def put(self, path: str, body: object, *, token: str | None = "office", **extra: Any) -> Reply:
        return await self.call("PUT", path, body, token=token, **extra)

    async def handed_on(self, arrived: Callable[[], T]) -> T:
        """What `arrived` finds, once that is anything: central's own worker may hand messages on as well."""

        async def found() -> T:
            await self.services.messages.hand_on(GROUP)
            return arrived()

        return await eventually(found)

    async def points_of(self, member_id: str = MEMBER) -> int:
        """A member's balance, read by the office."""
        return int((await self.get(f"members/{member_id}/balance", token="office")).body["points"])


def database_of(folder: Path) -> str:
    """The address of the folder's central: what its file `database` says, or a SQLite file in it."""
    named = folder / "database"
    return named.read_text() if named.exists() else f"sqlite:///{folder / 'central.db'}"


@asynccontextmanager
async def a_central(
    tmp_path: Path,
    clock: Clock = system_clock,
    *,
    outlets: Outlets = NO_OUTLETS,
    body_deadline_s: float = HTTP_BODY_DEADLINE_S,
    connections_max: int = HTTP_CONNECTIONS_MAX,
    port: int = 0,
    public_url: str = "",
) -> AsyncIterator[CentralUnderTest]:
    """Start a central in this process on a free port (or this one), with the small group of this module."""
    settings = CentralSettings(
        database=database_of(tmp_path),
        secrets_file=tmp_path / "central.secrets",
        port=port,
        stop_grace_s=1,
        public_url=public_url,
    )
    async with running(
        settings,
        clock,
        outlets=outlets,
        body_deadline_s=body_deadline_s,
        connections_max=connections_max,
        message_interval_s=_LOOKS_EVERY_S if outlets else MESSAGE_INTERVAL_S,
    ) as central:
        operator = await seed(central.services)
        tokens, ids = await _issue_tokens(central.services, operator)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
            yield CentralUnderTest(
                base_url=central.base_url,
                services=central.services,
                operator=operator,
                tokens=tokens,
                token_ids=ids,
                http=http,
                clock=clock,
            )


async def seed(services: Services, programme: Mapping[str, object] = PROGRAMME) -> Actor:
    """Make the small group: two shops, six articles, two members with cards, a blocked and a stock card."""
    operator = operator_of(GROUP)
    await services.groups.put_group(
        operator,
        name="Pharmacies du Lac",
        country="CH",
        currency="CHF",
        programme=json.dumps(programme),
        settings=GroupSettings(names={"de": "See-Apotheken"}),
    )
    for number, shop_id in enumerate(SHOPS, start=1):
        body = api_catalogue.ShopBody(
            name=f"Pharmacie du Lac {number}", country="CH", time_zone="Europe/Zurich"
        )
        await services.shops.put_shop(operator, shop_id, body)
    await services.articles.put_articles(
        operator,
        [
            (
                article_id,
                api_catalogue.ArticleBody(
                    name=article_id, article_class=kind, codes=[code], price_minor=price
                ),
            )
            for article_id, code, kind, price in _ARTICLES
        ],
    )
    for member_id, family_name, card, uid in (
        (MEMBER, "Rochat", CARD, UID),
        (OTHER_MEMBER, "Bernasconi", OTHER_CARD, OTHER_UID),
    ):
        await services.members.enrol(
            operator, api_members.MemberBody(member_id=member_id, family_name=family_name, salutation="ms")
        )
        await services.cards.put_card(
            operator, api_members.CardBody(card_number=card, uid=uid, member_id=member_id)
        )
    await services.cards.put_card(
        operator, api_members.CardBody(card_number=BLOCKED_CARD, uid="04FFFFFFFFFF80", member_id=MEMBER)
    )
    await services.cards.block_card(operator, api_members.BlockBody(card_number=BLOCKED_CARD, reason="lost"))
    await services.cards.put_card(operator, api_members.CardBody(card_number=STOCK_CARD, state="stock"))
    return operator


async def _issue_tokens(services: Services, operator: Actor) -> tuple[dict[str, str], dict[str, str]]:
    foreigner = operator_of("mont")
    await services.groups.put_group(
        foreigner, name="Pharmacies du Mont", country="CH", currency="CHF", programme=json.dumps(PROGRAMME)
    )
    issued = {
        "terminal": await services.access.issue_token(
            operator, role="terminal", label="T1", shop_id=SHOPS[0], terminal_id="t-1"
        ),
        "terminal_2": await services.access.issue_token(
            operator, role="terminal", label="T2", shop_id=SHOPS[1], terminal_id="t-2"
        ),
        "office": await services.access.issue_token(operator, role="office", label="head office"),
        "importer": await services.access.issue_token(operator, role="importer", label="history"),
        "reader": await services.access.issue_token(
            operator, role="office", label="care", also=frozenset({LINES_READ})
        ),
        "foreign": await services.access.issue_token(foreigner, role="office", label="other group"),
    }
    return {name: each.token for name, each in issued.items()}, {
        name: each.token_id for name, each in issued.items()
    }


def by_uid(uid: str = UID) -> dict[str, str]:
    """Evidence of a tapped card."""
    return {"medium": "nfc_uid", "value": uid}


def by_number(number: str = CARD) -> dict[str, str]:
    """Evidence of a typed number."""
    return {"medium": "typed", "value": number}


def a_basket(lines: Sequence[tuple[str, int, int | None]] = ((SUN_CREAM, 2, 3980),)) -> dict[str, Any]:
    """A basket of (code, quantity, amount_minor or None)."""
    bodies = []
    for number, (code, quantity, amount_minor) in enumerate(lines, start=1):
        line: dict[str, Any] = {"line_no": number, "code": code, "quantity": quantity}
        if amount_minor is not None:
            line["amount_minor"] = amount_minor
        bodies.append(line)
    return {"currency": "CHF", "lines": bodies}


def a_sale(
    central: CentralUnderTest,
    lines: Sequence[tuple[str, int, int | None]] = ((SUN_CREAM, 2, 3980),),
    holder: dict[str, str] | None = None,
    **changed: Any,
) -> dict[str, Any]:
    """A ticket paid just now by the holder of `CARD` (`holder={}`: by nobody)."""
    now_ms = central.clock()
    sale_id = changed.pop("sale_id", str(uuid.uuid4()))
    sale: dict[str, Any] = {
        "sale_id": sale_id,
        "business_key": f"key-{sale_id}",
        "occurred_ms": now_ms,
        "sent_ms": now_ms,
        "basket": a_basket(lines),
        "holder": by_uid() if holder is None else holder or None,
    }
    return sale | changed


def a_return(central: CentralUnderTest, lines: Sequence[tuple[int, int]], **changed: Any) -> dict[str, Any]:
    """Units that come back now: (line_no, quantity)."""
    now_ms = central.clock()
    return_id = changed.pop("return_id", str(uuid.uuid4()))
    body: dict[str, Any] = {
        "return_id": return_id,
        "business_key": f"key-{return_id}",
        "occurred_ms": now_ms,
        "sent_ms": now_ms,
        "lines": [{"line_no": line_no, "quantity": quantity} for line_no, quantity in lines],
    }
    return body | changed


async def in_parallel(calls: Sequence[Any]) -> list[Reply]:
    """Send many requests at once."""
    return list(await asyncio.gather(*calls))
