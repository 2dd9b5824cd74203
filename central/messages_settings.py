"""How messages leave this central: settings of the ways out, and the ways themselves."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Final

from central.gateways.messaging.base import Outlet
from central.gateways.messaging.mail import Encryption, MailOutlet, MailServer
from central.gateways.messaging.simulated import SimulatedOutlet
from central.gateways.messaging.sms import SmsOutlet, SmsServer
from central.services.members.messages import Channel, Outlets
from wire.settings import PORT_MAX, Faults

SMS_SENDER_LETTERS_MAX: Final = 11
"""Of a name in the place of a number (3GPP TS 23.040)."""
_SMS_SENDER: Final = re.compile(rf"\+?[0-9]{{3,15}}|[A-Za-z0-9 ]{{1,{SMS_SENDER_LETTERS_MAX}}}", re.ASCII)


class PasswordUnusable(Exception):
    """A password's file cannot be read, or others can read it; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesSettings:
    """Ways out for messages; a way that is not named here is not set up."""

    folder: Path | None = None
    """In place of both ways: every message becomes a file here, and nobody is written to."""
    mail_host: str | None = None
    mail_port: int = 587
    mail_encryption: Encryption = "starttls"
    mail_sender: str | None = None
    mail_user: str | None = None
    mail_password_file: Path | None = None
    sms_url: str | None = None
    sms_sender: str | None = None
    sms_user: str | None = None
    sms_password_file: Path | None = None
    sms_reports: str | None = None
    """Central's address as Kannel reaches it, for delivery reports; None: none are asked for."""

    def __post_init__(self) -> None:
        """Raises: SettingRefused."""
        faults = Faults("messages")
        faults.between("mail_port", self.mail_port, lowest=1, highest=PORT_MAX)
        if self.mail_host is not None and "@" not in parseaddr(self.mail_sender or "")[1]:
            faults.note(
                "mail_sender", self.mail_sender or "", "must be an address: Pharmacie <loy@example.org>."
            )
        if (self.mail_user is None) != (self.mail_password_file is None):
            faults.note("mail_user", self.mail_user or "", "goes with mail_password_file: name both or none.")
        if self.mail_user is not None and self.mail_encryption == "none":
            why = "would send the password in the clear. Choose starttls or tls."
            faults.note("mail_encryption", self.mail_encryption, why)
        if self.sms_url is not None:
            faults.http_url("sms_url", self.sms_url)
            for name in ("sms_sender", "sms_user", "sms_password_file"):
                if not getattr(self, name):
                    faults.note(name, "", "is needed with sms_url.")
        if self.sms_reports is not None:
            faults.http_url("sms_reports", self.sms_reports)
        if self.sms_sender and not _SMS_SENDER.fullmatch(self.sms_sender):
            why = f"must be a number, or up to {SMS_SENDER_LETTERS_MAX} letters without accents, and digits."
            faults.note("sms_sender", self.sms_sender, why)
        faults.tell()


def outlets_of(settings: MessagesSettings) -> Outlets:
    """The ways out that are set up. Raises: PasswordUnusable."""
    if settings.folder is not None:
        return {channel: SimulatedOutlet(settings.folder, channel) for channel in Channel}
    outlets: dict[Channel, Outlet] = {}
    if settings.mail_host is not None:
        assert settings.mail_sender is not None, "settings were checked"
        server = MailServer(
            host=settings.mail_host,
            port=settings.mail_port,
            encryption=settings.mail_encryption,
            sender=settings.mail_sender,
            user=settings.mail_user,
            password=_password(settings.mail_password_file),
        )
        outlets[Channel.EMAIL] = MailOutlet(server)
    if settings.sms_url is not None:
        password = _password(settings.sms_password_file)
        sender, user = settings.sms_sender, settings.sms_user
        assert sender is not None, "settings were checked"
        assert user is not None, "settings were checked"
        assert password is not None, "settings were checked"
        outlets[Channel.SMS] = SmsOutlet(
            SmsServer(
                url=settings.sms_url,
                sender=sender,
                user=user,
                password=password,
                reports=(settings.sms_reports or "").rstrip("/"),
            )
        )
    return outlets


def _password(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        if path.stat().st_mode & 0o077:
            raise PasswordUnusable(f"{path} can be read by others. Run: chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise PasswordUnusable(f"{path} cannot be read ({error.strerror}).") from error
