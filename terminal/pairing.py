"""A terminal without a token asks central for one, until a person there has typed the code on its screen."""

import asyncio
import secrets
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Self

import aiohttp
import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.pairing import PAIRING_FACT_CHARS_MAX, PAIRING_POLL_DOWN_S, PAIRING_POLL_S
from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal.central_http import AiohttpCentral, CentralUnreachable
from terminal.central_link import CentralRefused, LinkState, reason_of
from terminal.clock import Clock
from terminal.identity import Identity, identify, pairing_code
from terminal.kiosk_link import hello_of
from terminal.settings import TerminalSettings
from terminal.views import LANGUAGES, NO_THEME
from wire.api import Problem
from wire.files import write_private
from wire.messages import AgentState, FromKiosk, Pairing
from wire.pairing import PairingRequestBody, PairingRequestView, open_token, shown_code
from wire.peer import Peer, Server, serve

log = structlog.get_logger(__name__)

OVER: Final = frozenset({"pairing_over", "idempotency_conflict"})
"""What central says of a request that will come to nothing: begin a new one."""


class PairingNotKept(LoyaltyError):
    """The state directory cannot be written."""

    code = "pairing_not_kept"
    trouble = Trouble.UNAVAILABLE
    text = "The pairing cannot be kept in {path}: {reason}. The agent's user must own that directory."


class KeptRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was begun, with its key: a restart goes on with the same code."""

    body: PairingRequestBody
    private_key: str


class Unpaired:
    """The agent before its token. Use as a context; `wait_paired` returns when the token is kept."""

    def __init__(self, settings: TerminalSettings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._server: Server | None = None
        self._asking: asyncio.Task[None] | None = None
        self._identity: Identity | None = None
        self._code = ""
        self._link: LinkState = "connecting"
        self._since_ms = clock()
        self._revision = 0

    async def __aenter__(self) -> Self:
        settings = self._settings
        self._identity = await asyncio.to_thread(identify, settings)
        self._server = await serve(
            settings.socket,
            hello_of(settings),
            FromKiosk,
            self._greet,
            _ignore,
            allowed_uids=settings.allowed_uids,
        )
        self._asking = asyncio.create_task(self._ask_until_paired(), name="pairing")
        log.info("terminal_unpaired", serial=self._identity.serial, addresses=list(self._identity.addresses))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._asking is not None
        assert self._server is not None
        self._asking.cancel()
        await asyncio.wait([self._asking])
        await self._server.close()

    async def wait_paired(self) -> None:
        """Return when the token is kept. Raises: PairingNotKept."""
        assert self._asking is not None
        await asyncio.shield(self._asking)

    async def prove_alive(self) -> None:
        """Return when this machine could be looked at: what the screen shows is true."""
        await self._look()

    # What the kiosk is told ---------------------------------------------------------------------------------

    def _greet(self, peer: Peer) -> None:
        peer.send(self._state())

    def _state(self) -> AgentState:
        identity = self._identity
        assert identity is not None, "use it as a context"
        return AgentState(
            revision=self._revision,
            link=self._link,
            link_since_ms=self._since_ms,
            outbox_depth=0,
            theme=NO_THEME,
            currency="",
            shop_name="",
            time_zone="UTC",
            languages=LANGUAGES,
            pairing=Pairing(
                code=shown_code(self._code) if self._code else "",
                qr=pairing_code(identity, self._code),
                serial=identity.serial,
                addresses=identity.addresses,
                version=identity.version,
                poi_id=identity.poi_id,
            ),
        )

    def _tell(self) -> None:
        assert self._server is not None
        self._revision += 1
        self._server.broadcast(self._state())

    async def _look(self) -> None:
        seen = await asyncio.to_thread(identify, self._settings)
        if seen != self._identity:
            self._identity = seen
            log.info("terminal_unpaired", serial=seen.serial, addresses=list(seen.addresses))
            self._tell()

    def _set(self, link: LinkState, code: str) -> None:
        if (link, code) == (self._link, self._code):
            return
        if link != self._link:
            self._since_ms = self._clock()
        self._link, self._code = link, code
        self._tell()

    # Asking -------------------------------------------------------------------------------------------------

    async def _ask_until_paired(self) -> None:
        kept = await asyncio.to_thread(load_or_begin, self._settings)
        http = AiohttpCentral(self._settings.central_url, "")
        await http.open()
        try:
            await self._ask_with(http, kept)
        finally:
            await http.close()

    async def _ask_with(self, http: AiohttpCentral, kept: KeptRequest) -> None:
        while True:
            pause_s = PAIRING_POLL_S
            try:
                view = await ask_pairing(http, kept.body)
                if view.state == "approved":
                    sealed = bytes.fromhex(view.sealed_token)
                    await asyncio.to_thread(keep_token, self._settings, kept, sealed)
                    log.info("terminal_paired")
                    return
                self._set("up", view.code)
            except CentralRefused as error:
                log.info("pairing_refused", code=error.problem.code)
                self._set("up", "")
                if error.problem.code in OVER:
                    kept = await asyncio.to_thread(begin, self._settings)
                else:
                    pause_s = PAIRING_POLL_DOWN_S
            except CentralUnreachable as error:
                log.info("pairing_unreachable", reason=str(error))
                self._set("down", "")
                pause_s = PAIRING_POLL_DOWN_S
            except ValueError as error:  # sealed to another key: nothing that waiting would mend
                log.error("sealed_token_unusable", reason=str(error))
                kept = await asyncio.to_thread(begin, self._settings)
            await asyncio.sleep(pause_s)
            await self._look()


async def ask_pairing(http: AiohttpCentral, body: PairingRequestBody) -> PairingRequestView:
    """One question. Raises: CentralUnreachable, CentralRefused."""
    headers = {"Content-Type": "application/json"}
    try:
        status, content = await http.exchange(
            "POST", "/pairing", msgspec.json.encode(body), headers, CENTRAL_TIMEOUT_S
        )
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        raise CentralUnreachable(reason=reason_of(error)) from error
    try:
        if status == HTTPStatus.OK:
            return msgspec.json.decode(content, type=PairingRequestView)
        problem = msgspec.json.decode(content, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise CentralUnreachable(reason=f"HTTP {status} without an answer of central") from None
    raise CentralRefused(problem)


async def _ignore(_peer: Peer, _message: Any) -> None:
    """Frames shown: nothing a kiosk says matters before the token is there."""


# Files of the state directory; blocking ---------------------------------------------------------------------


def load_or_begin(settings: TerminalSettings) -> KeptRequest:
    """The request that was begun before, or a new one. Raises: PairingNotKept."""
    try:
        return msgspec.json.decode(_request_path(settings).read_bytes(), type=KeptRequest)
    except (FileNotFoundError, msgspec.DecodeError):  # none, or half a file of another release
        return begin(settings)
    except OSError as error:
        raise _not_kept(settings, error) from error


def begin(settings: TerminalSettings) -> KeptRequest:
    """A new request with a new key, kept before it is sent. Raises: PairingNotKept."""
    key = X25519PrivateKey.generate()
    seen = identify(settings)
    body = PairingRequestBody(
        pairing_id=f"pair-{secrets.token_hex(16)}",
        public_key=key.public_key().public_bytes_raw().hex(),
        serial=_fact(seen.serial),
        poi_id=_fact(seen.poi_id),
        version=_fact(seen.version),
        address=_fact(seen.addresses[0] if seen.addresses else ""),
    )
    kept = KeptRequest(body=body, private_key=key.private_bytes_raw().hex())
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _request_path(settings).unlink(missing_ok=True)
        write_private(_request_path(settings), msgspec.json.encode(kept))
    except OSError as error:
        raise _not_kept(settings, error) from error
    return kept


def keep_token(settings: TerminalSettings, kept: KeptRequest, sealed: bytes) -> None:
    """Open the token, keep it for this program's user alone, and forget the key.

    Raises: SealBroken, PairingNotKept.
    """
    token = open_token(sealed, bytes.fromhex(kept.private_key), kept.body.pairing_id)
    path = settings.token_path
    try:
        path.unlink(missing_ok=True)  # an empty one: has_token() said that there is none
        write_private(path, f"{token}\n".encode("ascii"))
        _request_path(settings).unlink(missing_ok=True)
    except OSError as error:
        raise _not_kept(settings, error) from error


def forget_request(settings: TerminalSettings) -> None:
    """A request that came to its end, with its key."""
    _request_path(settings).unlink(missing_ok=True)


def _request_path(settings: TerminalSettings) -> Path:
    return settings.state_dir / "pairing.json"


def _not_kept(settings: TerminalSettings, error: OSError) -> PairingNotKept:
    return PairingNotKept(path=str(error.filename or settings.state_dir), reason=error.strerror or str(error))


def _fact(text: str) -> str:
    return "".join(each for each in text if " " <= each <= "~")[:PAIRING_FACT_CHARS_MAX]


__all__ = [
    "KeptRequest",
    "PairingNotKept",
    "Unpaired",
    "ask_pairing",
    "begin",
    "forget_request",
    "keep_token",
    "load_or_begin",
]
