"""What came to paper, as a picture: reads the bytes as a printer does, and draws what it would print.

It knows the commands of ours and those that tills mostly send; what it does not know prints nothing. A bar
code that is wrong, or wider than the paper, leaves nothing, as with real printers.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from loyalty.limits.printing import PAPER_PICTURE_DOTS_MAX
from terminal.escpos.shapes import shape_of
from terminal.escpos.stream import Token, Tokens
from terminal.printer import bars, lettering
from terminal.printer.lettering import CELL, PITCH, Piece
from terminal.till.escpos.paper import PAGES

if TYPE_CHECKING:
    from PIL.Image import Image

MARGIN: Final = 32
"""White beside what can be printed, 4 mm."""
_TOP: Final = 40
_CUT: Final = 60
"""From the last row to the knife."""


@dataclass(slots=True)
class _Modes:
    """As ESC @ leaves them."""

    page: str
    is_bold: bool = False
    is_chinese: bool = False
    is_centred: bool = False
    scale: int = 1
    bar_height: int = 162
    bar_module: int = 3
    has_text_below: bool = False
    qr_module: int = 3
    qr_text: str = ""


@dataclass(slots=True)
class Sheet:
    """The paper of one roll. `dots`: printed width. `default_page`: what the printer starts with."""

    dots: int = 576
    default_page: str = "cp437"
    length: int = 0
    """Dots printed and fed so far."""
    texts: list[str] = field(default_factory=list)
    """Rows that came as text, as they can be read."""
    cuts: int = 0
    _rows: "list[Image | None]" = field(default_factory=list)
    _tokens: Tokens = field(default_factory=Tokens)
    _modes: _Modes = field(init=False)
    _line: list[Piece] = field(default_factory=list)
    _run: bytes = b""
    _head: bytes = b""
    _body: bytes = b""
    _missing: int = 0

    def __post_init__(self) -> None:
        """As a printer that was just switched on."""
        self._modes = _Modes(self.default_page)

    def take(self, data: bytes) -> None:
        """Print this; pieces may be cut anywhere."""
        for token in self._tokens.feed(data):
            self.take_token(token)

    def take_token(self, token: Token) -> None:
        """One token of it."""
        if self._missing:
            self._take_body(token.data)
        elif token.kind == "text":
            self._run += token.data
        elif token.kind == "newline":
            self._end_line()
        else:
            self._decode_run()
            self._take_command(token)

    def picture(self) -> "Image":
        """All that lies there, a line where it was cut; the last pieces where it is too long."""
        return _drawn(self._rows, self.dots)

    def tear_off(self) -> "Image | None":
        """Take away what was cut, and its picture; None: nothing was."""
        if None not in self._rows:
            return None
        end = len(self._rows) - self._rows[::-1].index(None)
        torn, self._rows = self._rows[:end], self._rows[end:]
        return _drawn(torn, self.dots)

    def forget_line(self) -> None:
        """What was received of a row and is not printed goes; so do the modes."""
        self._line, self._run, self._body, self._missing = [], b"", b"", 0
        self._tokens = Tokens()
        self._modes = _Modes(self.default_page)

    def _take_command(self, token: Token) -> None:
        data = token.data
        match token.kind:
            case "cut":
                self._end_line(is_forced=False)
                self._put(None)
                self.cuts += 1
            case "feed":
                self._end_line(is_forced=False)
                for _ in range(data[2] if data[1:2] == b"d" else -(-data[2] // PITCH)):
                    self._end_line()
            case "image":
                self._begin_body(data)
            case _:
                self._set_mode(data)

    def _set_mode(self, data: bytes) -> None:
        modes = self._modes
        match data[:2]:
            case b"\x1b@":
                self._modes = _Modes(self.default_page)
            case b"\x1bt":
                modes.page = PAGES.get(data[2], "ascii")
            case b"\x1bE":
                modes.is_bold = bool(data[2] & 1)
            case b"\x1ba":
                modes.is_centred = data[2] in (1, 49)
            case b"\x1d!":
                modes.scale = 2 if data[2] == 0x11 else 1
            case b"\x1c&" | b"\x1c.":
                modes.is_chinese = data[1:2] == b"&"
            case b"\x1dh":
                modes.bar_height = data[2]
            case b"\x1dw":
                modes.bar_module = data[2]
            case b"\x1dH":
                modes.has_text_below = data[2] in (2, 50)

    def _begin_body(self, head: bytes) -> None:
        shape = shape_of(head)
        self._head, self._body, self._missing = head, b"", shape.body if shape else 0

    def _take_body(self, data: bytes) -> None:
        self._body += data
        self._missing -= len(data)
        if self._missing > 0:
            return
        self._missing = 0
        if self._head[:2] == b"\x1dv":
            self._draw_raster()
        elif self._head[:2] == b"\x1dk":
            self._draw_bars()
        elif self._head[:3] == b"\x1d(k":
            self._take_qr()

    def _draw_raster(self) -> None:
        from PIL import Image

        bytes_per_row = self._head[4] | self._head[5] << 8
        rows = self._head[6] | self._head[7] << 8
        drawn = Image.frombytes("1", (bytes_per_row * 8, rows), self._body)
        self._put_at(drawn.crop((0, 0, min(drawn.width, self.dots), rows)))

    def _draw_bars(self) -> None:
        modes, number = self._modes, self._head[2]
        drawn = bars.bar_picture(number, self._body, modes.bar_module, modes.bar_height)
        if drawn is None or drawn.width > self.dots:
            return
        self._put_at(drawn)
        if modes.has_text_below:
            self._put(lettering.row([Piece(self._body.decode())], self.dots, is_centred=modes.is_centred))

    def _take_qr(self) -> None:
        function, modes = self._body[1], self._modes
        if function == 0x43:
            modes.qr_module = self._body[2]
        elif function == 0x50:
            modes.qr_text = self._body[3:].decode("ascii", "replace")
        elif function == 0x51 and modes.qr_text:
            drawn = bars.qr_picture(modes.qr_text, modes.qr_module)
            if drawn.width <= self.dots:
                self._put_at(drawn)

    def _decode_run(self) -> None:
        run, self._run = self._run.replace(b"\r", b"").replace(b"\t", b" "), b""
        if run:
            page = "gb18030" if self._modes.is_chinese else self._modes.page
            self._line.append(Piece(run.decode(page, "replace"), self._modes.is_bold))

    def _end_line(self, *, is_forced: bool = True) -> None:
        """Print the row; wider text goes on in the next ones, as printers fold it."""
        self._decode_run()
        line, self._line = self._line, []
        if not line and not is_forced:
            return
        if line:
            self.texts.append("".join(piece.text for piece in line))
        scale = self._modes.scale
        for row in lettering.folded(line, self.dots // (CELL * scale)):
            self._put(lettering.row(row, self.dots, is_centred=self._modes.is_centred, scale=scale))

    def _put_at(self, drawn: "Image") -> None:
        """Something drawn, where the alignment puts it."""
        from PIL import Image

        whole = Image.new("1", (self.dots, drawn.height), 0)
        whole.paste(drawn, ((self.dots - drawn.width) // 2 if self._modes.is_centred else 0, 0))
        self._put(whole)

    def _put(self, row: "Image | None") -> None:
        self._rows.append(row)
        self.length += _CUT if row is None else row.height


def _drawn(rows: "list[Image | None]", dots: int) -> "Image":
    from PIL import Image, ImageDraw

    height = sum(_CUT if row is None else row.height for row in rows)
    while rows and height > PAPER_PICTURE_DOTS_MAX:
        first, *rows = rows
        height -= _CUT if first is None else first.height
    whole = Image.new("L", (dots + 2 * MARGIN, height + 2 * _TOP), 255)
    draw = ImageDraw.Draw(whole)
    at = _TOP
    for row in rows:
        if row is None:
            for left in range(0, whole.width, 16):
                draw.line((left, at + _CUT // 2, left + 8, at + _CUT // 2), fill=150)
            at += _CUT
        else:
            whole.paste(20, (MARGIN, at), row.convert("L"))
            at += row.height
    return whole
