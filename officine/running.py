"""Running a program to its end, on the quickest loop there is, with its usual trouble in words."""

import asyncio
import errno
from collections.abc import Coroutine
from typing import Any

from loyalty.errors import LoyaltyError, Trouble


class AddressTaken(LoyaltyError):
    """Another program listens where this one should."""

    code = "address_taken"
    trouble = Trouble.UNAVAILABLE
    text = "{address} is taken by another program. Stop that one, or set {setting} to a free port."


def run_program(
    main: Coroutine[Any, Any, None], *, address: str = "", setting: str = "", is_fast: bool = False
) -> None:
    """Run until the program ends; `is_fast` on uvloop where it is installed.

    Raises: AddressTaken: `address`, which `setting` names, is in use.
    """
    try:
        if is_fast:
            _run_fast(main)
        else:
            asyncio.run(main)
    except OSError as error:
        if error.errno != errno.EADDRINUSE or not address:
            raise
        raise AddressTaken(address=address, setting=setting) from error


def _run_fast(main: Coroutine[Any, Any, None]) -> None:
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)
