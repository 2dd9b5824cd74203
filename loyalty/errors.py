"""Expected trouble: one family of errors with code, typed parameters and a text that says what to do."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

ParamValue = str | int | bool | None


class Trouble(StrEnum):
    """What sort of trouble it is; each face renders it its own way (HTTP status, page, kiosk screen)."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


class LoyaltyError(Exception):
    """Base of all expected errors. Subclasses set `code` (stable, documented), `trouble` and `text`.

    `text` is an English template over the parameters; other languages are looked up by `code`.
    """

    code: ClassVar[str] = "error"
    trouble: ClassVar[Trouble] = Trouble.INVALID
    text: ClassVar[str] = "Something is wrong."

    def __init__(self, **params: ParamValue) -> None:
        self.params = params
        super().__init__(self.text.format(**self.shown()))

    def shown(self) -> Mapping[str, ParamValue]:
        """The parameters as the text says them."""
        return self.params
