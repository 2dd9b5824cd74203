"""What all parts of the storage interface share: errors, and how a verb tells what it did."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from loyalty.errors import LoyaltyError, Trouble

RowT = TypeVar("RowT")


class IdempotencyConflict(LoyaltyError):
    """The same id came with other content."""

    code = "idempotency_conflict"
    trouble = Trouble.CONFLICT
    text = "{what} {id} was already recorded with other content. Send it again unchanged, or use a new id."


class GuardFailed(LoyaltyError):
    """A guarded statement touched no row: a floor, a lot or a quantity would break; read and decide again."""

    code = "guard_failed"
    trouble = Trouble.CONFLICT
    text = "{guard} no longer holds. Read the current state and try again."


class StoreBusy(LoyaltyError):
    """The write queue is full."""

    code = "store_busy"
    trouble = Trouble.UNAVAILABLE
    text = "The service is busy. Send the same request again in a moment."


class StoreFailed(LoyaltyError):
    """The disk refused; nothing of the verb happened."""

    code = "store_failed"
    trouble = Trouble.UNAVAILABLE
    text = (
        "The service could not save or read its data. Send the same request again later;"
        " if it goes on, look at the disk of the central machine."
    )


class TextRefused(LoyaltyError):
    """A text cannot be kept on this engine."""

    code = "text_refused"
    trouble = Trouble.INVALID
    text = "A text holds a character that cannot be kept (U+0000). Take it out and send it again."


class DatabaseRefused(LoyaltyError):
    """The database cannot be opened or must not be used by this release."""

    code = "database_refused"
    trouble = Trouble.UNAVAILABLE
    text = "The database cannot be used: {why}"


class Change(StrEnum):
    """What a `put_` verb did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Recorded(Generic[RowT]):
    """Outcome of a recording verb: the row, and whether this call was a replay of an earlier one."""

    row: RowT
    is_replay: bool
