"""A condition in words a person can read: `member.is_known and basket.total_minor >= 1000`."""

from loyalty.rules import language as lang
from loyalty.rules.language import CompareOp, Node

_SIGNS = {
    CompareOp.EQ: "=",
    CompareOp.NE: "≠",
    CompareOp.LT: "<",
    CompareOp.LE: "≤",
    CompareOp.GT: ">",
    CompareOp.GE: "≥",
}


def describe(node: Node) -> str:
    """Write a condition as one line of text, fully bracketed."""
    match node:
        case lang.Literal(value=bool(value)):
            return "true" if value else "false"
        case lang.Literal(value=value):
            return str(value)
        case lang.FactRef(name=name):
            return name
        case lang.Not(arg=arg):
            return f"not ({describe(arg)})"
        case lang.And(args=args):
            return " and ".join(f"({describe(arg)})" for arg in args)
        case lang.Or(args=args):
            return " or ".join(f"({describe(arg)})" for arg in args)
        case lang.Compare(op=op, left=left, right=right):
            return f"{describe(left)} {_SIGNS[op]} {describe(right)}"
        case lang.In(item=item, options=options):
            return f"{describe(item)} in {', '.join(sorted(str(option) for option in options))}"
        case lang.Has(item=item, text=text):
            return f"{describe(item)} has {text}"
        case lang.InSegment(name=name):
            return f"member in segment {name}"
        case lang.AnyLine() | lang.AllLines() | lang.Count() | lang.Sum():
            return _describe_over_lines(node)


def _describe_over_lines(node: lang.AnyLine | lang.AllLines | lang.Count | lang.Sum) -> str:
    match node:
        case lang.AnyLine(where=where):
            return f"any line with ({describe(where)})"
        case lang.AllLines(where=where):
            return f"all lines with ({describe(where)})"
        case lang.Count(where=where):
            return f"number of lines with ({describe(where)})"
        case lang.Sum(of=of, where=where):
            return f"sum of {describe(of)} over lines with ({describe(where)})"
