"""Profiles of members as the group defines them: types, own fields, each with why, on what ground, how long
and for whose eyes (P-17, P-22, P-25, R-08). Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.members import (
    PROFILE_CHOICES_MAX,
    PROFILE_FIELDS_MAX,
    PROFILES_PER_GROUP_MAX,
    RETENTION_MONTHS_MAX,
)
from loyalty.limits.rules import RULE_COUNT_MAX, RULE_TEXT_CHARS_MAX
from loyalty.programme.member import FieldWithoutPurpose
from loyalty.programme.member_facts import months_before
from loyalty.rules.reading import invalid, is_day, propose
from loyalty.rules.shape import NO_CONTEXT, Choice, Items, Record, Text, Whole
from loyalty.rules.validate import SET_SEPARATOR

FieldValue = int | str


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class Basis(StrEnum):
    """On what ground a field is kept (GDPR article 6 and 9, Swiss FADP article 6 and 31)."""

    CONSENT = "consent"
    HEALTH_CONSENT = "health_consent"
    """It tells of health: kept only while the member agrees to that, and no rule reads it."""
    CONTRACT = "contract"
    LEGAL_DUTY = "legal_duty"
    LEGITIMATE_INTEREST = "legitimate_interest"


class SeenBy(StrEnum):
    """Whose eyes a field is for."""

    OFFICE = "office"
    COUNTER = "counter"
    CARE = "care"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileField:
    """A field of the group's own. `retention_months`: kept so long after it was told last."""

    field: str
    kind: FieldKind
    purpose: str
    basis: Basis
    retention_months: int
    see: tuple[SeenBy, ...]
    choices: tuple[str, ...] = ()

    @property
    def is_fact(self) -> bool:
        """Whether rules may read it: choices alone, and none that tells of health."""
        return self.kind is FieldKind.CHOICE and self.basis is not Basis.HEALTH_CONSENT


Profiles = Mapping[str, Mapping[str, ProfileField]]
"""The group's types of profiles, each with its fields by name."""
NO_PROFILES: Profiles = MappingProxyType({})


class ProfileUnknown(LoyaltyError):
    """The programme has no such profile."""

    code = "profile_unknown"
    trouble = Trouble.NOT_FOUND
    text = "The programme has no profile {profile}. {proposal}"


class ProfileValueInvalid(LoyaltyError):
    """A value does not fit its field. It is not repeated: it may be personal."""

    code = "profile_value_invalid"
    text = "The field {field} must be {expected}. Correct it and send it again."


class FieldNeedsConsent(LoyaltyError):
    """A field that tells of health, and the member did not agree to that."""

    code = "field_needs_consent"
    trouble = Trouble.REFUSED
    text = "The field {field} tells of health. Note the member's consent to health first, or leave it out."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptField:
    """A value as it is kept. `until`: the last day on which it may be; `is_fact`: rules may read it."""

    value: FieldValue
    until: date
    is_fact: bool


FIELD_SHAPE = Record(
    {
        "field": Text(),
        "kind": Choice(FieldKind),
        "purpose": Text(),
        "basis": Choice(Basis),
        "retention_months": Whole(1, RETENTION_MONTHS_MAX),
        "see": Items(Choice(SeenBy), at_most=len(SeenBy)),
    },
    {"choices": Items(Text(), at_most=PROFILE_CHOICES_MAX)},
)
PROFILE_SHAPE = Record(
    {"profile": Text()}, {"fields": Items(FIELD_SHAPE, at_most=PROFILE_FIELDS_MAX, at_least=0)}
)
PROFILES_SHAPE = Items(PROFILE_SHAPE, at_most=PROFILES_PER_GROUP_MAX, at_least=0)


def parse_profiles(document: object) -> Profiles:
    """The `profiles` of a programme document; a field without a purpose is refused.

    Raises: ProgrammeInvalid.
    """
    path = "programme.profiles"
    read: dict[str, Mapping[str, ProfileField]] = {}
    for at, given in enumerate(PROFILES_SHAPE.read(document, path, NO_CONTEXT)):
        name = _name(given["profile"], f"{path}.{at}.profile", read)
        fields: dict[str, ProfileField] = {}
        for number, each in enumerate(given.get("fields", ())):
            place = f"{path}.{at}.fields.{number}"
            fields[_name(each["field"], f"{place}.field", fields)] = _field(each, place)
        read[name] = MappingProxyType(fields)
    return MappingProxyType(read)


def take_fields(
    profiles: Profiles,
    profile: str,
    given: Mapping[str, FieldValue | None],
    held: Mapping[str, KeptField],
    *,
    day: date,
    may_health: bool,
) -> dict[str, KeptField]:
    """The fields of a member after a change: what is given replaces, None ends, the rest stays.

    What the profile does not have, or has outlived its retention, is not kept.
    Raises: ProfileUnknown, FieldWithoutPurpose, ProfileValueInvalid, FieldNeedsConsent.
    """
    if profile and profile not in profiles:
        raise ProfileUnknown(profile=profile[:60], proposal=propose(profile, profiles))
    fields = profiles.get(profile, {})
    for name in given:
        if name not in fields:
            raise FieldWithoutPurpose(field=name[:40], known=", ".join(fields) or "none in this profile")
    kept = {name: each for name, each in still_kept(held, day).items() if name in fields}
    for name, value in given.items():
        if value is None:
            kept.pop(name, None)
            continue
        spec = fields[name]
        if spec.basis is Basis.HEALTH_CONSENT and not may_health:
            raise FieldNeedsConsent(field=name)
        _check_value(spec, value)
        until = months_before(day, -spec.retention_months)
        kept[name] = KeptField(value=value, until=until, is_fact=spec.is_fact)
    return kept


def still_kept(held: Mapping[str, KeptField], day: date) -> dict[str, KeptField]:
    """The fields whose retention is not over on a day."""
    return {name: each for name, each in held.items() if each.until >= day}


def _name(name: str, path: str, taken: Mapping[str, Any]) -> str:
    if not name.isprintable() or set(name) & {SET_SEPARATOR, "="}:
        raise invalid(path, f"a name without {SET_SEPARATOR} and =", name)
    if name in taken:
        raise invalid(path, "unlike every other name here", name)
    return name


def _field(given: dict[str, Any], path: str) -> ProfileField:
    field = ProfileField(**given)
    if not field.purpose.strip():
        raise invalid(f"{path}.purpose", "what the field is for", field.purpose, "Say it, or drop the field.")
    is_choice = field.kind is FieldKind.CHOICE
    if is_choice is not bool(field.choices):
        expected = "given for a choice, and for nothing else"
        raise invalid(f"{path}.choices", expected, list(field.choices))
    for each in field.choices:
        _name(each, f"{path}.choices", {})
    if field.basis is Basis.HEALTH_CONSENT and field.see != (SeenBy.CARE,):
        proposal = 'Write ["care"]: what tells of health is for no other eyes.'
        raise invalid(f"{path}.see", "care alone", list(field.see), proposal)
    return field


def _check_value(spec: ProfileField, value: FieldValue) -> None:
    match spec.kind:
        case FieldKind.NUMBER:
            is_fit = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= RULE_COUNT_MAX
            expected = "a whole number"
        case FieldKind.DATE:
            is_fit, expected = is_day(value), "a day as YYYY-MM-DD"
        case FieldKind.CHOICE:
            is_fit, expected = value in spec.choices, "one of " + ", ".join(spec.choices)
        case FieldKind.TEXT:
            is_fit = isinstance(value, str) and 0 < len(value) <= RULE_TEXT_CHARS_MAX and value.isprintable()
            expected = f"one line of 1 to {RULE_TEXT_CHARS_MAX} characters"
    if not is_fit:
        raise ProfileValueInvalid(field=spec.field, expected=expected)
