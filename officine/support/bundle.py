"""Puts the sections into one archive that only its maker can read."""

import asyncio
import io
import json
import tarfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.doctor import SUPPORT_BUNDLE_BYTES_MAX, SUPPORT_SECTION_DEADLINE_S
from officine.doctor.base import Machine
from officine.support.machine import MachineFacts, Versions
from officine.support.programs import Central, Terminal
from officine.support.section import Facts, Section
from officine.support.settings import Doctor, Settings
from officine.support.units import Journal, Units
from officine.version import VERSION

FORM: Final = 1
"""Raised when a file of the bundle changes its meaning."""
_NOT_INSIDE: Final = (
    "names, card numbers, member ids, tickets, e-mail and postal addresses, phone numbers",
    "tokens, keys, certificates, passwords, the pairing code",
    "host names, network addresses, paths, user names, sentences of logs",
)


class BundleTooLarge(LoyaltyError):
    """More than can be mailed."""

    code = "support_bundle_too_large"
    trouble = Trouble.REFUSED
    text = "The bundle would have {bytes} bytes, more than {bytes_max}. Please report this."


class BundleWouldTell(LoyaltyError):
    """The last look found a secret of this machine in the finished bundle: it is not written."""

    code = "support_bundle_would_tell"
    trouble = Trouble.REFUSED
    text = "The bundle would hold {what}; it was not written. Please report this, without the bundle."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A finished archive (tar.gz); `inside`: file by file what it tells; `missing`: what could not be."""

    archive: bytes
    inside: dict[str, str]
    missing: tuple[str, ...]


def sections(metrics_token: str = "") -> tuple[Section, ...]:
    """All sections in their order."""
    return (
        Versions(),
        MachineFacts(),
        Settings(),
        Doctor(),
        Units(),
        Journal(),
        Terminal(),
        Central(metrics_token),
    )


async def make(machine: Machine, wanted: Sequence[Section], secrets: Sequence[str] = ()) -> Bundle:
    """Collect every section and pack them; one that fails is named, and the others are there all the same.

    secrets: what must not be in it whatever happens; looked for in every byte, as the second net.
    Raises: BundleTooLarge, BundleWouldTell.
    """
    collected = {section.name: await _collect(section, machine) for section in wanted}
    missing = tuple(name for name, facts in collected.items() if "is_missing" in facts)
    inside = {f"{section.name}.json": section.tells for section in wanted}
    manifest = {
        "form": FORM,
        "officine": VERSION,
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "inside": inside,
        "not_inside": _NOT_INSIDE,
        "missing": missing,
        "without_value": "asked for in vain: not set, not on this machine, or it did not say",
    }
    files: dict[str, bytes] = {"manifest.json": _json(manifest)}
    files |= {f"{name}.json": _json(facts) for name, facts in collected.items()}
    for content in files.values():
        for secret in secrets:
            if secret and secret.encode() in content:
                raise BundleWouldTell(what="a secret of this machine")
    archive = await asyncio.to_thread(_pack, files)
    if len(archive) > SUPPORT_BUNDLE_BYTES_MAX:
        raise BundleTooLarge(bytes=len(archive), bytes_max=SUPPORT_BUNDLE_BYTES_MAX)
    return Bundle(archive=archive, inside=inside, missing=missing)


async def _collect(section: Section, machine: Machine) -> Facts:
    """The boundary of a section: a broken machine is what bundles are made of."""
    try:
        async with asyncio.timeout(SUPPORT_SECTION_DEADLINE_S):
            return _explained(await section.collect(machine))
    except Exception as error:
        return {"is_missing": True, "reason": type(error).__name__}


def _explained(facts: Facts) -> Facts:
    """The facts without their nulls, which nobody could tell from "nothing": `without_value` names them."""
    unknown: list[str] = []
    known: Facts = _without_nulls(facts, "", unknown)
    return known | {"without_value": unknown} if unknown else known


def _without_nulls(value: Any, path: str, unknown: list[str]) -> Any:
    if isinstance(value, dict):
        unknown += [f"{path}{name}" for name, each in value.items() if each is None]
        return {
            name: _without_nulls(each, f"{path}{name}.", unknown)
            for name, each in value.items()
            if each is not None
        }
    if isinstance(value, list | tuple):
        return [_without_nulls(each, f"{path}{at}.", unknown) for at, each in enumerate(value)]
    return value


def secrets_of(machine: Machine) -> list[str]:
    """The secrets of this machine as far as we can read them, for the second net. Blocking."""
    from central.settings import CentralSettings
    from terminal.settings import TerminalSettings

    found: list[str] = []
    terminal, central = machine.programs.get("terminal"), machine.programs.get("central")
    paths: list[Path] = []
    if isinstance(terminal, TerminalSettings):
        found.append(terminal.token)
        paths.append(terminal.token_path)
    if isinstance(central, CentralSettings):
        paths.append(central.secrets_file)
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        found += _strings(text)
    return [secret for secret in found if len(secret) >= 16]


def _strings(text: str) -> list[str]:
    """The secrets in a file: the values of a JSON object, else the whole."""
    try:
        told: Any = json.loads(text)
    except ValueError:
        return [text.strip()]
    return (
        [each for each in told.values() if isinstance(each, str)]
        if isinstance(told, dict)
        else [text.strip()]
    )


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _pack(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"officine-support/{name}")
            entry.size, entry.mode, entry.mtime = len(content), 0o600, int(time.time())
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
