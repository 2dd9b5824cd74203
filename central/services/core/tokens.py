"""Tokens: made for a role, recognised by what is stored of them, revoked."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from central.services.core.access import (
    PERMISSIONS,
    ROLES,
    TOKENS_WRITE,
    Actor,
    PermissionMissing,
    ShopMissing,
    Unauthenticated,
    UnknownRole,
    require,
)
from central.services.core.clock import Clock
from central.services.core.known import Known
from central.storage.base import Store
from central.storage.interface.rows import TokenRow

TOKEN_PREFIX: Final = "ofc_"  # noqa: S105  (lets secret scanners recognise a token; no secret itself)


_TOKEN_BYTES: Final = 32


def hash_token(token: str) -> bytes:
    """What is stored of a token: SHA-256 is enough, for 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token; `token` is shown once and stored nowhere."""

    token_id: str
    token: str


class AccessService:
    """Issues, recognises and revokes tokens."""

    def __init__(self, store: Store, clock: Clock, known: Known) -> None:
        self._store = store
        self._clock = clock
        self._known = known

    async def authenticate(self, token: str) -> Actor:
        """The actor behind a token. Raises: Unauthenticated: unknown or revoked."""
        token_hash = hash_token(token)
        kept = await self._known.find_token(token_hash)
        if kept is not None:
            return kept
        before = self._known.changes
        row = await self._store.find_token(token_hash)
        if row is None or row.revoked_ms is not None:
            raise Unauthenticated
        actor = Actor(
            group_id=row.group_id,
            token_id=row.token_id,
            permissions=row.permissions,
            shop_id=row.shop_id,
            terminal_id=row.terminal_id,
        )
        if self._known.changes == before:
            self._known.keep_token(token_hash, actor)
        return actor

    async def issue_token(
        self,
        actor: Actor,
        *,
        role: str,
        label: str,
        shop_id: str | None = None,
        terminal_id: str | None = None,
        also: frozenset[str] = frozenset(),
    ) -> IssuedToken:
        """Make a token for a role plus the permissions `also`; a terminal's names its shop and itself."""
        require(actor, TOKENS_WRITE)
        if role not in ROLES:
            raise UnknownRole(name=role)
        for permission in also - PERMISSIONS:
            raise UnknownRole(name=permission)
        for permission in (ROLES[role] | also) - actor.permissions:
            raise PermissionMissing(permission=permission)
        if role == "terminal" and shop_id is None:
            raise ShopMissing
        issued = IssuedToken(
            token_id=f"tok-{secrets.token_hex(8)}", token=TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
        )
        row = TokenRow(
            group_id=actor.group_id,
            token_id=issued.token_id,
            token_hash=hash_token(issued.token),
            label=label,
            permissions=ROLES[role] | also,
            shop_id=shop_id,
            terminal_id=terminal_id,
            created_ms=self._clock(),
        )
        await self._store.put_token(row)
        return issued

    async def revoke_token(self, actor: Actor, token_id: str) -> bool:
        """Revoke a token of the actor's group; False when there is none of that id."""
        require(actor, TOKENS_WRITE)
        is_revoked = await self._store.revoke_token(actor.group_id, token_id, self._clock())
        await self._known.look(actor.group_id)  # this worker forgets it before anybody is told
        return is_revoked
