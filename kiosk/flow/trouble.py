"""What a log may say of an exception."""

import traceback
from pathlib import Path
from typing import Final

_PACKAGE: Final = str(Path(__file__).parents[1])


def type_and_place(error: BaseException) -> str:
    """Such as `ValueError at kiosk/screens/member.py:202`: the innermost line of ours.

    Never the text of the exception: it may quote the name or the number that was being drawn.
    """
    place = "?"
    for frame, line_no in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if file.startswith(_PACKAGE):
            place = f"kiosk{file.removeprefix(_PACKAGE)}:{line_no}"
    return f"{type(error).__name__} at {place}"
