"""The published JSON Schema of programmes and rules, written from the tables that check them.

The schema knows every member, bound and name. What spans several members (a period ending before it starts,
an id twice, a voucher cycle, depth and steps) is checked when a programme is saved.
"""

from typing import Any

from loyalty.limits.rules import RULE_LIST_ITEMS_MAX, RULE_TEXT_CHARS_MAX
from loyalty.rules.effect_names import EffectName
from loyalty.rules.effect_table import EFFECTS, EffectSpec
from loyalty.rules.facts import FACTS, LINE_PREFIX, Kind
from loyalty.rules.kinds import RuleKind
from loyalty.rules.rule import EFFECTS_PER_RULE_MAX, HEAD, OPTIONS
from loyalty.rules.shape import Clock, Day, Schema
from loyalty.rules.validate import INT_MAX, SET_SEPARATOR

_TEXT: Schema = {"type": "string", "maxLength": RULE_TEXT_CHARS_MAX}
_LITERALS: dict[Kind, Schema] = {
    Kind.BOOL: {"type": "boolean"},
    Kind.INT: {"type": "integer", "minimum": -INT_MAX, "maximum": INT_MAX},
    Kind.TEXT: _TEXT,
    Kind.DAY: Day().schema(),
    Kind.TIME: Clock().schema(),
}
_NAMES = {
    Kind.BOOL: "boolean",
    Kind.INT: "number",
    Kind.TEXT: "text",
    Kind.DAY: "day",
    Kind.TIME: "time",
    Kind.TEXTS: "texts",
}
_ORDERED = (Kind.INT, Kind.DAY, Kind.TIME)


def rule_definitions() -> dict[str, Schema]:
    """The `$defs` of conditions and rules."""
    definitions: dict[str, Schema] = {}
    for is_in_line in (False, True):
        for kind in Kind:
            definitions[_name(kind, is_in_line=is_in_line)] = {"anyOf": _expressions(kind, is_in_line)}
    for rule_kind in RuleKind:
        definitions[f"{rule_kind.value}_rule"] = _rule(rule_kind)
    definitions["rule"] = {"oneOf": [{"$ref": f"#/$defs/{kind.value}_rule"} for kind in RuleKind]}
    return definitions


def _name(kind: Kind, *, is_in_line: bool) -> str:
    return ("line_" if is_in_line else "") + _NAMES[kind]


def _ref(kind: Kind, is_in_line: bool) -> Schema:
    return {"$ref": f"#/$defs/{_name(kind, is_in_line=is_in_line)}"}


def _object(**members: Any) -> Schema:
    return {
        "type": "object",
        "properties": members,
        "required": sorted(members),
        "additionalProperties": False,
    }


def _pair(first: Schema, second: Schema) -> Schema:
    return {"type": "array", "prefixItems": [first, second], "minItems": 2, "maxItems": 2}


def _expressions(kind: Kind, is_in_line: bool) -> list[Schema]:
    """What may stand where a value of this kind is wanted."""
    facts = [
        name
        for name, spec in FACTS.items()
        if spec.kind is kind and (is_in_line or not name.startswith(LINE_PREFIX))
    ]
    found: list[Schema] = [_object(fact={"enum": facts})] if facts else []
    if kind in _LITERALS:
        found.insert(0, _LITERALS[kind])
    if kind is Kind.BOOL:
        found += _operations(is_in_line)
    if kind is Kind.INT and not is_in_line:
        where = _ref(Kind.BOOL, True)
        found.append(_object(count=_object(where=where)))
        found.append(_object(sum=_object(of=_ref(Kind.INT, True), where=where)))
    return found


def _operations(is_in_line: bool) -> list[Schema]:
    boolean = _ref(Kind.BOOL, is_in_line)
    several = {"type": "array", "items": boolean, "minItems": 1, "maxItems": RULE_LIST_ITEMS_MAX}
    found: list[Schema] = [
        {"anyOf": [_object(**{op: several}) for op in ("and", "or")]},
        _object(**{"not": boolean}),
    ]
    for kind, literal in _LITERALS.items():
        both = _pair(_ref(kind, is_in_line), _ref(kind, is_in_line))
        signs = ("eq", "ne", "lt", "le", "gt", "ge") if kind in _ORDERED else ("eq", "ne")
        found += [_object(**{sign: both}) for sign in signs]
        options = {"type": "array", "items": literal, "minItems": 1, "maxItems": RULE_LIST_ITEMS_MAX}
        found.append(_object(**{"in": _pair(_ref(kind, is_in_line), options)}))
    label = {**_TEXT, "minLength": 1, "pattern": f"^[^{SET_SEPARATOR}]*$"}
    found.append(_object(has=_pair(_ref(Kind.TEXTS, is_in_line), label)))
    if not is_in_line:
        found += [_object(**{op: _ref(Kind.BOOL, True)}) for op in ("any_line", "all_lines")]
    return found


def _rule(kind: RuleKind) -> Schema:
    """A rule of one kind."""
    effects = [_effect(name, spec) for name, spec in EFFECTS.items() if kind in spec.kinds]
    head = {name: member.schema() for name, member in HEAD.items()}
    options = {name: member.schema() for name, member in OPTIONS[kind].items()}
    at_most = 1 if kind is RuleKind.SEGMENT else EFFECTS_PER_RULE_MAX
    listed = {"type": "array", "items": {"oneOf": effects}, "minItems": 1, "maxItems": at_most}
    return {
        "type": "object",
        "properties": {**head, "kind": {"const": kind.value}, "effects": listed, **options},
        "required": sorted((*HEAD, "kind", "effects")),
        "additionalProperties": False,
    }


def _effect(name: EffectName, spec: EffectSpec) -> Schema:
    schema = spec.record().schema()
    return {
        **schema,
        "description": spec.meaning,
        "properties": {"effect": {"const": name.value}, **schema["properties"]},
        "required": sorted(("effect", *schema["required"])),
    }
