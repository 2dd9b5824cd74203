"""Recomputes the arithmetic of the vectors, step by step. It knows no other code.

    python -I -S tests/vectors/evaluator.py tests/vectors/pricing      # or histories, order

A step is [name, expression, value]. Expressions have whole numbers, lists, names of earlier steps, + - *, and
the functions below; there is no division without a named rounding.
"""

import ast
import json
import sys
from fractions import Fraction
from pathlib import Path


def floor(a, b):
    return Fraction(a, b).__floor__()


def ceil(a, b):
    return Fraction(a, b).__ceil__()


def half_up(a, b):
    return (Fraction(a, b) + Fraction(1, 2)).__floor__()


def half_even(a, b):
    return round(Fraction(a, b))


def share(whole, weights):
    """Largest remainder: exact shares rounded down; the rest to the largest fractions, earlier ones first."""
    if not whole:
        return [0] * len(weights)
    exact = [Fraction(whole * weight, sum(weights)) for weight in weights]
    parts = [part.__floor__() for part in exact]
    while sum(parts) < whole:
        lack = [part - rounded for part, rounded in zip(exact, parts, strict=True)]
        at = max(range(len(lack)), key=lambda index: (lack[index], -index))
        parts[at] += 1
        exact[at] = Fraction(parts[at])
    return parts


def less(first, second):
    return [a - b for a, b in zip(first, second, strict=True)]


def plus(*lists):
    return [sum(each) for each in zip(*lists, strict=True)]


FUNCTIONS = {
    "floor": floor,
    "ceil": ceil,
    "half_up": half_up,
    "half_even": half_even,
    "share": share,
    "less": less,
    "plus": plus,
    "sum": sum,
    "min": min,
    "max": max,
}
OPERATORS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
}


def evaluate(expression, known):
    """The value of an expression over the steps so far."""
    return _value(ast.parse(expression, mode="eval").body, known)


def _value(node, known):
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.Name(id=name):
            return known[name]
        case ast.List(elts=items):
            return [_value(item, known) for item in items]
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](_value(left, known), _value(right, known))
        case ast.Subscript(value=whole, slice=at):
            return _value(whole, known)[_value(at, known)]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return FUNCTIONS[name](*(_value(arg, known) for arg in args))
    raise ValueError(f"not arithmetic: {ast.dump(node)}")


def recompute(steps):
    """All steps by name; the values they state are not looked at."""
    known = {}
    for name, expression, _ in steps:
        known[name] = evaluate(expression, known)
    return known


def faults_of(case):
    """Steps whose stated value is not what their expression gives."""
    known = recompute(case["steps"])
    return [
        f"{case['name']}: {name} = {expression} is {known[name]}, not {stated}"
        for name, expression, stated in case["steps"]
        if known[name] != stated
    ]


def main(folder):
    """Recompute every case of a folder; exit status 1 when one is wrong, 2 when one has no arithmetic."""
    cases = [
        case for path in sorted(Path(folder).glob("*.json")) for case in json.loads(path.read_text("utf-8"))
    ]
    bare = sum("steps" not in case for case in cases)
    if bare or not cases:
        print(f"{folder}: {bare} of {len(cases)} cases have no steps to recompute", file=sys.stderr)  # noqa: T201
        return 2
    faults = [fault for case in cases for fault in faults_of(case)]
    print(json.dumps({"cases": len(cases), "faults": faults, "modules": sorted(sys.modules)}))  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
