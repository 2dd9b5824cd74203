"""What look.yml asks of values that Ansible's own specifications cannot judge."""

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml  # type: ignore[import-untyped]

OUR_OWN = ("base", "reader", "terminal", "kiosk", "central", "activate")
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?")


def unread_variables(names: Iterable[str], roles: str) -> list[str]:
    """A sentence for each name that begins like a role's variable and is none: a slip must not go unseen."""
    options: set[str] = set()
    for role in OUR_OWN:
        text = (Path(roles) / role / "meta/argument_specs.yml").read_text(encoding="utf-8")
        options |= set(yaml.safe_load(text)["argument_specs"]["main"]["options"])
    known = sorted(options | {"base_at_once"})
    told = []
    for name in sorted(names):
        if name not in known and name.startswith(tuple(f"{role}_" for role in OUR_OWN)):
            near = difflib.get_close_matches(name, known, n=1)
            told.append(f"{name} is read by no role." + (f" Did you mean {near[0]}?" if near else ""))
    return told


def namesakes(
    host: str, hosts: Iterable[str], host_variables: Mapping[str, Mapping[str, object]], name: str
) -> list[str]:
    """The other hosts with the same value of a variable; those outside the run's limit (-l) count as well."""
    value = host_variables[host].get(name)
    return [other for other in hosts if other != host and host_variables[other].get(name) == value]


def wrong_networks(values: Iterable[object]) -> list[str]:
    """Those that systemd's IPAddressAllow does not take: it ignores them, and the agent would be cut off."""
    return [str(value) for value in values if _network(value) is None]


def are_reached(values: Iterable[object], url: str) -> bool:
    """Whether the address in a URL is in one of the networks; a host's name is not looked up, and passes."""
    address = _address(urlsplit(url).hostname or "")
    if address is None or address.is_loopback:
        return True
    networks = [network for value in values if (network := _network(value)) is not None]
    return any(address in network for network in networks if network.version == address.version)


def wrong_hosts(values: Iterable[object]) -> list[str]:
    """Those that are neither an address nor a host's name."""
    return [str(value) for value in values if not _is_host(value)]


def _is_host(value: object) -> bool:
    if not isinstance(value, str):
        return False
    if _address(value) is not None:
        return True
    # "192.0.2.300" is a slip of an address, not a name.
    return bool(_HOST_NAME.fullmatch(value)) and not value.rstrip(".").rpartition(".")[2].isdecimal()


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(value: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    # systemd knows a number of bits only, no mask such as /255.255.255.0, and no zone (fe80::1%eth0).
    if not isinstance(value, str) or not re.fullmatch(r"[0-9A-Fa-f.:]+(/[0-9]{1,3})?", value):
        return None
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


class FilterModule:
    """How Ansible finds them."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Their names in playbooks."""
        return {
            "unread_variables": unread_variables,
            "namesakes": namesakes,
            "wrong_networks": wrong_networks,
            "are_reached": are_reached,
            "wrong_hosts": wrong_hosts,
        }
