"""Members: what enrolment asks, why, and how a member is greeted in public (P-24, R-08)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from loyalty.errors import LoyaltyError
from loyalty.limits.texts import NAME_CHARS_MAX


class Salutation(StrEnum):
    """How a member wishes to be addressed."""

    NONE = ""
    MR = "mr"
    MS = "ms"


class Purpose(StrEnum):
    """What a stored field is for; a field without a purpose is not taken."""

    GREETING = "greeting"
    LANGUAGE = "language"
    CONTACT_WITH_CONSENT = "contact_with_consent"
    FINDING_THE_ACCOUNT = "finding_the_account"
    BIRTHDAY_BENEFIT = "birthday_benefit"
    HOME_SHOP = "home_shop"
    BENEFITS_BY_STANDING = "benefits_by_standing"
    SPONSOR_REWARD = "sponsor_reward"
    FAMILY_BIRTHDAY_BENEFIT = "family_birthday_benefit"


@dataclass(frozen=True, slots=True)
class EnrolmentField:
    """A field of enrolment: its purposes, whether it must be given, and how long it may be."""

    purposes: tuple[Purpose, ...]
    is_required: bool
    chars_max: int


ENROLMENT_FIELDS: Mapping[str, EnrolmentField] = MappingProxyType(
    {
        "family_name": EnrolmentField(
            (Purpose.GREETING, Purpose.FINDING_THE_ACCOUNT), is_required=True, chars_max=NAME_CHARS_MAX
        ),
        "given_name": EnrolmentField(
            (Purpose.FINDING_THE_ACCOUNT,), is_required=False, chars_max=NAME_CHARS_MAX
        ),
        "salutation": EnrolmentField((Purpose.GREETING,), is_required=False, chars_max=2),
        "language": EnrolmentField((Purpose.LANGUAGE,), is_required=False, chars_max=2),
        "email": EnrolmentField(
            (Purpose.CONTACT_WITH_CONSENT, Purpose.FINDING_THE_ACCOUNT), is_required=False, chars_max=254
        ),
        "phone": EnrolmentField(
            (Purpose.CONTACT_WITH_CONSENT, Purpose.FINDING_THE_ACCOUNT), is_required=False, chars_max=32
        ),
        "birth_date": EnrolmentField((Purpose.BIRTHDAY_BENEFIT,), is_required=False, chars_max=10),
        "home_shop_id": EnrolmentField((Purpose.HOME_SHOP,), is_required=False, chars_max=64),
    }
)
LANGUAGES = ("fr", "de", "it", "en", "zh")
BIRTH_YEAR_MIN = 1900

_TITLES: Mapping[tuple[str, Salutation], str] = MappingProxyType(
    {
        ("fr", Salutation.MR): "M. {name}",
        ("fr", Salutation.MS): "Mme {name}",
        ("de", Salutation.MR): "Herr {name}",
        ("de", Salutation.MS): "Frau {name}",
        ("it", Salutation.MR): "Sig. {name}",
        ("it", Salutation.MS): "Sig.ra {name}",
        ("en", Salutation.MR): "Mr {name}",
        ("en", Salutation.MS): "Ms {name}",
        ("zh", Salutation.MR): "{name}先生",
        ("zh", Salutation.MS): "{name}女士",
        ("zh", Salutation.NONE): "{name}会员",
    }
)
_WRITTEN_TITLES: Mapping[str, Salutation] = MappingProxyType(
    {
        **dict.fromkeys(("mme", "madame", "frau", "sig.ra", "signora", "ms", "mrs"), Salutation.MS),
        **dict.fromkeys(("monsieur", "herr", "sig", "signor", "mr"), Salutation.MR),
    }
)
_WRITTEN_ENDINGS: Mapping[str, Salutation] = MappingProxyType({"女士": Salutation.MS, "先生": Salutation.MR})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./\-]{5,30}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class FieldWithoutPurpose(LoyaltyError):
    """Enrolment data hold a field that serves no stated purpose."""

    code = "field_without_purpose"
    text = "The field {field} is not taken: it serves no stated purpose. Leave it out; fields are {known}."


class EnrolmentInvalid(LoyaltyError):
    """A field of enrolment is missing or not well formed. The value is not repeated: it is personal."""

    code = "enrolment_invalid"
    text = "The field {field} must be {expected}. Correct it and send it again."


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Checked enrolment data; empty texts were not given."""

    family_name: str
    given_name: str = ""
    salutation: Salutation = Salutation.NONE
    language: str = "fr"
    email: str = ""
    phone: str = ""
    birth_date: date | None = None
    home_shop_id: str = ""


def parse_enrolment(fields: Mapping[str, str], *, today: date) -> Enrolment:
    """Check what was entered at enrolment; nothing without a stated purpose is taken (R-08).

    Raises: FieldWithoutPurpose, EnrolmentInvalid; neither repeats a value.
    """
    for name in fields:
        if name not in ENROLMENT_FIELDS:
            raise FieldWithoutPurpose(field=name[:40], known=", ".join(ENROLMENT_FIELDS))
    values = {name: _read_field(name, spec, fields) for name, spec in ENROLMENT_FIELDS.items()}
    language = values["language"] or "fr"
    if language not in LANGUAGES:
        raise EnrolmentInvalid(field="language", expected="one of " + ", ".join(LANGUAGES))
    if values["salutation"] not in tuple(Salutation):
        raise EnrolmentInvalid(field="salutation", expected="mr, ms or empty")
    if values["email"] and not _EMAIL.fullmatch(values["email"]):
        raise EnrolmentInvalid(field="email", expected="an e-mail address such as name@example.org")
    if values["phone"] and not _PHONE.fullmatch(values["phone"]):
        raise EnrolmentInvalid(field="phone", expected="a telephone number of digits, with + and spaces")
    return Enrolment(
        family_name=values["family_name"],
        given_name=values["given_name"],
        salutation=Salutation(values["salutation"]),
        language=language,
        email=values["email"],
        phone=values["phone"],
        birth_date=read_birth_date(values["birth_date"], today),
        home_shop_id=values["home_shop_id"],
    )


def display_name(family_name: str, salutation: Salutation, language: str) -> str:
    """A greeting for a screen others may see: `Mme A.`, `Frau A.`, `安女士`; never the name itself."""
    initial = next((char.upper() for char in family_name if char.isalpha()), "–")
    return _addressed(initial if language == "zh" else f"{initial}.", salutation, language)


def staff_name(written: str, language: str) -> str:
    """A person of staff, as head office wrote them, in a language's own form: `Frau Rochat`, `Rochat女士`.

    written: with a title of any of our languages before the name, or a Chinese one after it; any other stays
        as it is, also `M. Rochat`, which may be an initial.
    """
    title, _, name = written.partition(" ")
    if salutation := _WRITTEN_TITLES.get(title.removesuffix(".").lower()):
        return _addressed(name.strip(), salutation, language) if name.strip() else written
    for ending, salutation in _WRITTEN_ENDINGS.items():
        if written.endswith(ending) and written != ending:
            return _addressed(written.removesuffix(ending).strip(), salutation, language)
    return written


def _addressed(name: str, salutation: Salutation, language: str) -> str:
    return _TITLES.get((language, salutation), "{name}").format(name=name)


def name_at_the_counter(family_name: str, given_name: str) -> str:
    """What a clerk compares with a paper: `Anne R.`; without a given name `R.`."""
    initial = next((char.upper() for char in family_name if char.isalpha()), "–")
    return f"{given_name} {initial}.".lstrip()


def _read_field(name: str, spec: EnrolmentField, fields: Mapping[str, str]) -> str:
    value = fields.get(name, "").strip()
    if spec.is_required and not value:
        raise EnrolmentInvalid(field=name, expected="given")
    if len(value) > spec.chars_max or _CONTROL.search(value):
        raise EnrolmentInvalid(field=name, expected=f"one line of at most {spec.chars_max} characters")
    return value


def read_birth_date(text: str, today: date) -> date | None:
    """A birth date as it was entered; None for an empty text. Raises: EnrolmentInvalid."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not date(BIRTH_YEAR_MIN, 1, 1) <= day <= today:
        raise EnrolmentInvalid(field="birth_date", expected="a past day as YYYY-MM-DD")
    return day
