"""Short messages through Kannel's `sendsms`, which speaks SMPP, modems and many providers for us.

Source: Kannel 1.4.5 User's Guide, "Using the HTTP interface to send SMS messages": X-Kannel headers of a
POST, and the answers: 202 taken or queued, 400 never, 403 who are you, 503 later.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp

from central.gateways.messaging.base import HandoverFailed, HandoverRefused, Letter
from loyalty.limits.messages import MESSAGE_HANDOVER_S
from loyalty.programme.sms import sms_size

_GSM: Final = "0"
_UCS_2: Final = "2"
_FINAL_REPORTS: Final = 1 + 2 + 16
"""Delivered, not delivered, refused by the operator; not: on its way."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SmsServer:
    """Where short messages go. `url`: of `sendsms`. `sender`: a number, or up to 11 letters."""

    url: str
    sender: str
    user: str
    password: str
    reports: str = ""
    """Where Kannel tells central what became of a message: central's own address; empty: nowhere."""


class SmsOutlet:
    """Hands letters to Kannel; "accepted" and "queued" are its word that it answers for them now."""

    def __init__(self, server: SmsServer) -> None:
        self._server = server

    async def hand_over(self, letter: Letter) -> None:
        """See `Outlet`."""
        server = self._server
        # Posted, so that neither password nor text stands in a log of addresses.
        headers = {
            "X-Kannel-Username": server.user,
            "X-Kannel-Password": server.password,
            "X-Kannel-From": server.sender,
            "X-Kannel-To": letter.address.replace("+", "00", 1),
            "X-Kannel-Coding": _GSM if sms_size(letter.text).is_gsm else _UCS_2,
            "Content-Type": "text/plain; charset=UTF-8",
        }
        if server.reports and letter.report_word:
            headers |= {
                "X-Kannel-DLR-Mask": str(_FINAL_REPORTS),
                "X-Kannel-DLR-Url": f"{server.reports}/d/{letter.report_word}?s=%d",
            }
        timeout = aiohttp.ClientTimeout(total=MESSAGE_HANDOVER_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(server.url, data=letter.text.encode(), headers=headers) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise HandoverFailed("sms_server_away") from error
        if status == HTTPStatus.FORBIDDEN:
            raise HandoverFailed("sms_sign_in_refused")
        if status == HTTPStatus.BAD_REQUEST:
            raise HandoverRefused("message_refused")
        if status not in (HTTPStatus.OK, HTTPStatus.ACCEPTED):
            raise HandoverFailed("message_put_off")
