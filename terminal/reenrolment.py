"""A terminal that works is enrolled anew: a new token for a key of this once, taken over when staff confirm.

The handshake is that of a terminal without a token (docs/adr/0011): it shows a code, head office types it.
Until staff confirm a second time the old token stays, and all goes on with it; a cut changes nothing.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Literal

import structlog

from loyalty.limits.pairing import PAIRING_POLL_DOWN_S, PAIRING_POLL_S, PAIRING_VALID_S
from terminal.central_http import AiohttpCentral, CentralUnreachable
from terminal.central_link import CentralRefused
from terminal.pairing import KeptRequest, PairingNotKept, ask_pairing, begin, forget_request
from terminal.settings import TerminalSettings
from wire.files import replace_file
from wire.looking_after import Reenrolling
from wire.pairing import open_token, shown_code

log = structlog.get_logger(__name__)

FIXED: Final = "token_in_settings"


class Reenrolment:
    """One at a time. `on_change` is called after every change of what the kiosk shows of it."""

    def __init__(self, settings: TerminalSettings, on_change: Callable[[], None]) -> None:
        self._settings = settings
        self._on_change = on_change
        self._shown: Reenrolling | None = None
        self._token = ""
        self._asking: asyncio.Task[None] | None = None
        self.renewed = asyncio.Event()
        """The new token is on the disk: begin again with it."""

    def state(self) -> Reenrolling | None:
        """What the kiosk shows; None: nothing of it goes on."""
        return self._shown

    async def begin(self) -> str:
        """Ask central for a code; what to tell where that cannot be."""
        if self._settings.token:
            return FIXED  # nothing that is written here would count
        if self._shown is not None and self._shown.step != "failed":
            return ""
        await self.close()
        self._show("code")
        self._asking = asyncio.create_task(self._ask_until_approved(), name="reenrolment")
        return ""

    async def answer(self, *, is_taken: bool) -> None:
        """The second word of staff: take the new token over, or leave all as it is."""
        shown, token = self._shown, self._token
        if shown is None:
            return
        if not (is_taken and shown.step == "approved" and token):
            await self.close()
            self._show(None)
            return
        try:
            content = f"{token}\n".encode("ascii")
            await asyncio.to_thread(replace_file, self._settings.token_path, content, 0o600)
        except OSError as error:
            log.error("token_not_kept", reason=str(error))
            self._show("failed")
            return
        log.info("terminal_enrolled_anew")
        self.renewed.set()

    async def close(self) -> None:
        """Nothing is asked any more; a token that nobody took is forgotten."""
        self._token = ""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])
            self._asking = None

    async def _ask_until_approved(self) -> None:
        http = AiohttpCentral(self._settings.central_url, "")
        try:
            kept = await asyncio.to_thread(begin, self._settings)
            await http.open()
            async with asyncio.timeout(PAIRING_VALID_S):
                self._token = await self._poll(http, kept)
                self._show("approved")
                await asyncio.Event().wait()  # until it is taken, or its time is over
        except (TimeoutError, CentralRefused, PairingNotKept, ValueError) as error:
            log.info("reenrolment_over", reason=str(error) or "no answer in time")
            self._token = ""
            self._show("failed")
        finally:
            await http.close()
            await asyncio.to_thread(forget_request, self._settings)

    async def _poll(self, http: AiohttpCentral, kept: KeptRequest) -> str:
        """The token, once head office typed the code. Raises: CentralRefused, SealBroken."""
        while True:
            pause_s = PAIRING_POLL_S
            try:
                view = await ask_pairing(http, kept.body)
            except CentralUnreachable as error:
                log.info("pairing_unreachable", reason=str(error))
                pause_s = PAIRING_POLL_DOWN_S
            else:
                if view.state == "approved":
                    private_key = bytes.fromhex(kept.private_key)
                    return open_token(bytes.fromhex(view.sealed_token), private_key, kept.body.pairing_id)
                self._show("code", shown_code(view.code))
            await asyncio.sleep(pause_s)

    def _show(self, step: Literal["code", "approved", "failed"] | None, code: str = "") -> None:
        shown = None if step is None else Reenrolling(step=step, code=code)
        if shown != self._shown:
            self._shown = shown
            self._on_change()
