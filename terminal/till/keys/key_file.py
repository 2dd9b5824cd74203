"""The file of till keys: for its owner only, written whole, two versions of a key while it is rotated.

A key that a till got by pairing says so: it is that till's alone, at this terminal alone.
"""

import contextlib
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.tills import (
    TILL_KEY_VERSIONS_MAX,
    TILL_KEYS_MAX,
    TILL_PASSPHRASE_CHARS_MAX,
    TILL_PASSPHRASE_CHARS_MIN,
)
from wire.files import replace_file

PRIVATE: Final = 0o600
_RANDOM_BYTES: Final = 32

Identifier = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._\-]+(?!\n)$")]
Version = Annotated[int, Meta(ge=1, le=1_000_000_000)]
Passphrase = Annotated[str, Meta(min_length=TILL_PASSPHRASE_CHARS_MIN, max_length=TILL_PASSPHRASE_CHARS_MAX)]


class TillKeysUnusable(LoyaltyError):
    """The file of till keys cannot be used."""

    code = "till_keys_unusable"
    trouble = Trouble.UNAVAILABLE
    text = "The till keys in {path} cannot be used: {reason}"


class TillKeyRefused(LoyaltyError):
    """A key that cannot be added or removed."""

    code = "till_key_refused"
    text = "{reason}"


class PairedTill(msgspec.Struct, frozen=True, kw_only=True):
    """The till that a key was made for, and how that came about.

    `opened_by`: what let the code be shown. `address`: where the till asked from.
    """

    sale_id: Identifier
    poi_id: Annotated[str, Meta(max_length=64)]
    pairing_id: Annotated[str, Meta(max_length=64)]
    paired_ms: Annotated[int, Meta(ge=0)]
    opened_by: Literal["staff_card", "operator"]
    software: Annotated[str, Meta(max_length=64)] = ""
    address: Annotated[str, Meta(max_length=64)] = ""


class TillKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key as till and terminal know it. Its passphrase appears in no text about it.

    `till`: the one it was made for by pairing; one that was typed in at both ends names none.
    """

    identifier: Identifier
    version: Version
    passphrase: Passphrase
    till: PairedTill | None = None

    def __repr__(self) -> str:
        return f"TillKey({self.identifier} v{self.version})"


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    keys: Annotated[tuple[TillKey, ...], Meta(max_length=TILL_KEYS_MAX)]


_decoder: Final = msgspec.json.Decoder(_Kept)


def load(path: Path) -> tuple[TillKey, ...]:
    """The keys in a file; none where there is no file. Blocking.

    Raises: TillKeysUnusable: others may read it, or it holds something else.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            reason = f"others than its owner may read it. Type: chmod 600 {path}"
            raise TillKeysUnusable(path=str(path), reason=reason)
        return _decoder.decode(path.read_bytes()).keys
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise TillKeysUnusable(path=str(path), reason=f"{error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        reason = "it is no file of till keys. Move it away and add the keys again."
        raise TillKeysUnusable(path=str(path), reason=reason) from None  # the error would quote the file


def save(path: Path, keys: tuple[TillKey, ...]) -> None:
    """Write the file anew, for its owner; written by root, it belongs to who owns the directory. Blocking.

    Raises: TillKeysUnusable.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, msgspec.json.format(msgspec.json.encode(_Kept(keys=keys))), PRIVATE)
        if os.geteuid() == 0:
            owner = path.parent.stat()
            os.chown(path, owner.st_uid, owner.st_gid)
    except OSError as error:
        raise TillKeysUnusable(path=str(path), reason=f"{error.strerror}.") from error


@contextlib.contextmanager
def changing(path: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile: the agent pairs while a person adds a key. Blocking.

    Raises: TillKeysUnusable.
    """
    beside = path.with_name(f".{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT, PRIVATE)
        if os.geteuid() == 0:
            owner = path.parent.stat()
            os.chown(beside, owner.st_uid, owner.st_gid)
    except OSError as error:
        raise TillKeysUnusable(path=str(path), reason=f"{error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def paired(keys: tuple[TillKey, ...], new: TillKey) -> tuple[TillKey, ...]:
    """The keys after a till was paired: its new one, and none that it had before. Raises: TillKeyRefused."""
    assert new.till is not None, "a key that pairing made"
    kept = tuple(
        each
        for each in keys
        if each.identifier != new.identifier and (each.till is None or each.till.sale_id != new.till.sale_id)
    )
    return added(kept, new)


def unpaired(keys: tuple[TillKey, ...], sale_id: str) -> tuple[TillKey, ...]:
    """The keys without those of a paired till. Raises: TillKeyRefused: it is not paired."""
    left = tuple(each for each in keys if each.till is None or each.till.sale_id != sale_id)
    if len(left) == len(keys):
        reason = f"No till {sale_id} is paired here. See: officine till list"
        raise TillKeyRefused(reason=reason)
    return left


def added(keys: tuple[TillKey, ...], new: TillKey) -> tuple[TillKey, ...]:
    """The keys with one more. Raises: TillKeyRefused."""
    versions = [each.version for each in keys if each.identifier == new.identifier]
    if new.version in versions:
        raise TillKeyRefused(reason=f"{new!r} is there already. Take a higher version.")
    if len(versions) >= TILL_KEY_VERSIONS_MAX:
        oldest = min(versions)
        reason = (
            f"{new.identifier} has {len(versions)} versions. When every till uses the newer one, type:"
            f" officine till key remove {new.identifier} {oldest}"
        )
        raise TillKeyRefused(reason=reason)
    if len(keys) >= TILL_KEYS_MAX:
        raise TillKeyRefused(reason=f"There are {TILL_KEYS_MAX} keys already. Remove those nobody uses.")
    return (*keys, new)


def removed(keys: tuple[TillKey, ...], identifier: str, version: int) -> tuple[TillKey, ...]:
    """The keys without one. Raises: TillKeyRefused: it is not there."""
    left = tuple(each for each in keys if (each.identifier, each.version) != (identifier, version))
    if len(left) == len(keys):
        raise TillKeyRefused(reason=f"There is no version {version} of {identifier}.")
    return left


def next_version(keys: tuple[TillKey, ...], identifier: str) -> int:
    """The version after the highest there is."""
    return max((each.version for each in keys if each.identifier == identifier), default=0) + 1


def new_passphrase() -> str:
    """Long and of chance: its derivation alone (4000 times SHA-1) would not protect a short one."""
    return secrets.token_urlsafe(_RANDOM_BYTES)
