"""What a program's settings refuse beyond their types: values that no machine can have."""

import ipaddress
from urllib.parse import urlsplit

from loyalty.errors import LoyaltyError

PORT_MAX = 65_535


class SettingRefused(LoyaltyError):
    """A setting has the right type and a value that cannot be meant."""

    code = "setting_refused"
    text = "[{section}] {setting} = {value}: {why}"


def require_between(section: str, setting: str, value: int, *, lowest: int, highest: int) -> None:
    """Raises: SettingRefused."""
    if not lowest <= value <= highest:
        why = f"must be {lowest} to {highest}."
        raise SettingRefused(section=section, setting=setting, value=value, why=why)


def require_address(section: str, setting: str, value: str) -> None:
    """An IP address, or localhost: where a program listens is never left to a look-up.

    Raises: SettingRefused.
    """
    if value == "localhost":
        return
    try:
        ipaddress.ip_address(value)
    except ValueError as error:
        why = "must be an address of this machine, such as 127.0.0.1; 0.0.0.0 is all of them."
        raise SettingRefused(section=section, setting=setting, value=value, why=why) from error


def require_http_url(section: str, setting: str, value: str) -> None:
    """Raises: SettingRefused."""
    try:
        parts = urlsplit(value)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or any(character.isspace() for character in value):
        why = "must be a URL such as https://central.example."
        raise SettingRefused(section=section, setting=setting, value=value, why=why)
