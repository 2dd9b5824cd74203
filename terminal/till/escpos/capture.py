"""A captured stream read as a whole: for trying layouts. Pure."""

from terminal.escpos.stream import Tokens
from terminal.till.escpos.paper import Paper


def rows_of_capture(data: bytes, default_page: str) -> tuple[list[str], bool]:
    """The rows up to the first cut, and whether every command was known."""
    tokens, paper = Tokens(), Paper(default_page)
    for token in tokens.feed(data):
        if token.kind == "cut" and paper.lines:
            break
        paper.take(token)
    return paper.lines, not tokens.is_lost
