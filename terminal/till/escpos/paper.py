"""What stands on the paper: text decoded line by line as the printer would, and the modes it is in. Pure."""

from types import MappingProxyType
from typing import Final

from loyalty.limits.other_tills import (
    CAPTURE_LINE_CHARS_MAX,
    CAPTURE_TICKET_BYTES_MAX,
    CAPTURE_TICKET_LINES_MAX,
)
from terminal.escpos.stream import Token

PAGES: Final = MappingProxyType(
    {0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737", 15: "iso8859_7"}
    | {16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858", 45: "cp1250", 46: "cp1251", 47: "cp1253"}
    | {48: "cp1254"}
)
"""ESC t n, as Epson's printers number code pages; a page that is not here is read as its ASCII part."""
_PLACES: Final = "#$@[\\]^`{|}~"
NATIONAL: Final = MappingProxyType(
    {1: "#$à°ç§^`éùè¨", 2: "#$§ÄÖÜ^`äöüß", 3: "£$@[\\]^`{|}~", 6: "#$@°\\é^ùàòèì"}
)
"""ESC R n: France, Germany, the United Kingdom, Italy."""
_MODES: Final = frozenset(
    {b"\x1dB", b"\x1b!", b"\x1b-", b"\x1bE", b"\x1bG", b"\x1bM", b"\x1ba", b"\x1b{", b"\x1d!"}
)
RUN_BYTES_MAX: Final = 4 * CAPTURE_LINE_CHARS_MAX
"""No code page takes more than four bytes for a character."""
PLAIN: Final = b"\x1b!\x00\x1b-\x00\x1bE\x00\x1bG\x00\x1ba\x00\x1b{\x00\x1d!\x00\x1dB\x00"


class Paper:
    """Reads the tokens of one ticket. `default_page`: the printer's own, where the till selects none."""

    def __init__(self, default_page: str = "cp437") -> None:
        self._default_page = default_page
        self._lines: list[str] = []
        self._line = ""
        self._run = b""
        """Text since the last command: a character may come in pieces."""
        self._bytes = 0
        self._national = 0
        self._is_chinese = False
        self._modes: dict[bytes, bytes] = {}
        self.page = default_page
        self.page_number: int | None = None
        self.is_too_long = False

    @property
    def lines(self) -> list[str]:
        """The lines so far."""
        last = self._line + self._decoded()
        return [*self._lines, *([last[:CAPTURE_LINE_CHARS_MAX]] if last else [])]

    @property
    def is_line_begun(self) -> bool:
        """Whether the next end of line prints something."""
        return bool(self._line or self._run.strip(b"\r"))

    def take(self, token: Token) -> None:
        """What a token puts on the paper, or changes of the modes."""
        if token.kind == "text":
            self._take_text(token.data)
            return
        self._line = (self._line + self._decoded())[:CAPTURE_LINE_CHARS_MAX]
        self._run = b""
        if token.kind in ("newline", "feed"):
            self._end_line()
        elif token.kind == "command":
            self._take_command(token.data)

    def next_ticket(self) -> None:
        """The paper was cut: the modes stay."""
        self._lines, self._line, self._run, self._bytes, self.is_too_long = [], "", b"", 0, False

    def modes(self) -> bytes:
        """What puts the printer back into the modes that the till left it in."""
        chinese = b"\x1c&" if self._is_chinese else b""
        national = bytes((0x1B, ord("R"), self._national))
        page = b"" if self.page_number is None else bytes((0x1B, ord("t"), self.page_number))
        return b"".join(self._modes.values()) + national + page + chinese

    def _take_text(self, data: bytes) -> None:
        self._bytes += len(data)
        if self._bytes > CAPTURE_TICKET_BYTES_MAX:
            self.is_too_long = True
            return
        self._run = (self._run + data)[:RUN_BYTES_MAX]

    def _decoded(self) -> str:
        text = self._run.decode("gb18030" if self._is_chinese else self.page, "replace")
        names = NATIONAL.get(self._national)
        if names is not None:
            text = text.translate(str.maketrans(_PLACES, names))
        return text.replace("\t", " ").replace("\r", "")

    def _end_line(self) -> None:
        if not self._line:
            return
        if len(self._lines) >= CAPTURE_TICKET_LINES_MAX:
            self.is_too_long = True
        else:
            self._lines.append(self._line)
        self._line = ""

    def _take_command(self, data: bytes) -> None:
        head, value = data[:2], data[2] if len(data) > 2 else 0
        if head == b"\x1b@":
            self._modes.clear()
            self._national, self._is_chinese = 0, False
            self.page, self.page_number = self._default_page, None
        elif head == b"\x1bt":
            self.page, self.page_number = PAGES.get(value, "ascii"), value
        elif head == b"\x1bR":
            self._national = value
        elif head in (b"\x1c&", b"\x1c."):
            self._is_chinese = head == b"\x1c&"
        elif head in _MODES:
            self._modes.pop(head, None)  # the last word counts: some modes are told by two commands
            self._modes[head] = data
