"""E-mail by SMTP, through the group's own mail server or provider."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final, Literal

import aiosmtplib

from central.gateways.messaging.base import HandoverFailed, HandoverRefused, Letter
from loyalty.limits.messages import MESSAGE_HANDOVER_S

Encryption = Literal["starttls", "tls", "none"]
PERMANENT_FROM: Final = 500
"""Answers of a mail server from here on: do not try again (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MailServer:
    """Where mail goes. `sender`: an address, also "Name <address>". `password` is never shown."""

    host: str
    port: int
    encryption: Encryption
    sender: str
    user: str | None
    password: str | None
    timeout_s: float = MESSAGE_HANDOVER_S


class MailOutlet:
    """Hands letters to a mail server, one connection each: shops send few, and a broken one harms none."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def hand_over(self, letter: Letter) -> None:
        """See `Outlet`."""
        server = self._server
        try:
            await aiosmtplib.send(
                email_of(letter, server.sender),
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=server.encryption == "tls",
                start_tls=server.encryption == "starttls",
                timeout=server.timeout_s,
                tls_context=None if server.encryption == "none" else ssl.create_default_context(),
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = max((each.code for each in error.recipients), default=0)
            raise _trouble(code, "recipient") from error
        except aiosmtplib.SMTPAuthenticationError as error:
            # Head office mends the password; what waits is not lost meanwhile.
            raise HandoverFailed("mail_sign_in_refused") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _trouble(error.code, "message") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise HandoverFailed("mail_server_away") from error


def email_of(letter: Letter, sender: str) -> EmailMessage:
    """The letter as plain text. Nothing of a member stands in its headers but the address it goes to.

    Raises: HandoverRefused: the address cannot be one.
    """
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = Address(addr_spec=letter.address)
        message["From"] = Address(display_name=name, addr_spec=address)
        message["Subject"] = " ".join(letter.subject.split())
    except (ValueError, IndexError) as error:
        raise HandoverRefused("address_invalid") from error
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{letter.message_id}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)  # takes out all headers of content there were
    message["Content-Language"] = letter.language
    return message


def _trouble(code: int, what: str) -> Exception:
    if code >= PERMANENT_FROM:
        return HandoverRefused(f"{what}_refused")
    return HandoverFailed(f"{what}_put_off")
