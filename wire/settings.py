"""What a program's settings refuse beyond their types: values that no machine can have."""

import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from loyalty.errors import LoyaltyError

PORT_MAX = 65_535
UID_MAX = 2**32 - 2
"""The last user's number of Linux; the one after it means "nobody said"."""
_USER_OF_URL = re.compile(r"//[^/]*@")


class SettingRefused(LoyaltyError):
    """A setting has the right type and a value that cannot be meant."""

    code = "setting_refused"
    text = "[{section}] {setting} = {value}: {why}"
    others: "tuple[SettingRefused, ...]" = ()
    """What else is wrong with the same program's settings; `str` of each is among this one's notes."""


class Faults:
    """What is wrong with a program's settings, collected so that all of it is told at once."""

    def __init__(self, section: str) -> None:
        self._section = section
        self._found: list[SettingRefused] = []

    def note(self, setting: str, value: object, why: str) -> None:
        """Note a value that is refused; a name and password in a URL are not repeated."""
        told = _USER_OF_URL.sub("//...@", " ".join(str(value).split())) or '""'
        why = _USER_OF_URL.sub("//...@", why)
        self._found.append(SettingRefused(section=self._section, setting=setting, value=told, why=why))

    def tell(self) -> None:
        """Raises: SettingRefused: something was noted."""
        if not self._found:
            return
        first, *others = self._found
        first.others = tuple(others)
        for other in others:
            first.add_note(str(other))
        raise first

    def between(self, setting: str, value: int, *, lowest: int, highest: int) -> None:
        """A number within its bounds."""
        if not lowest <= value <= highest:
            self.note(setting, value, f"must be {lowest} to {highest}.")

    def users(self, setting: str, uids: Iterable[int] | None) -> None:
        """Numbers that users can have."""
        for uid in sorted(uids or ()):
            if not 0 <= uid <= UID_MAX:
                self.note(
                    setting, uid, "is no user's number. Write those that `id -u NAME` tells, such as [999]."
                )

    def absolute(self, setting: str, path: Path | None) -> None:
        """A place that does not depend on where a program is started."""
        if path is not None and not path.is_absolute():
            self.note(setting, path, "must be a whole path, such as /var/lib/officine.")

    def address(self, setting: str, value: str) -> None:
        """An IP address, or localhost: where a program listens is never left to a look-up."""
        if value == "localhost":
            return
        try:
            ipaddress.ip_address(value)
        except ValueError:
            why = "must be an address of this machine, such as 127.0.0.1; 0.0.0.0 is all of them."
            self.note(setting, value, why)

    def http_url(self, setting: str, value: str) -> None:
        """A whole URL without a name and password: they would stand in logs."""
        try:
            parts = urlsplit(value)
            is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_whole = False
        if not is_whole or any(character.isspace() for character in value):
            self.note(setting, value, "must be a URL such as https://central.example.")
        elif "@" in parts.netloc:
            self.note(setting, value, "must hold no name and password. Write https://central.example.")
