"""A member's personal data as it is sealed: only what has a purpose, and nothing outside the seal."""

import re

import msgspec

from central.services.core.vault import Vault
from central.storage.interface.rows import MemberRow
from loyalty.errors import LoyaltyError, Trouble


class FieldOfPerson(msgspec.Struct, frozen=True, array_like=True):
    """A field of the group's own: value, last day on which it may be kept, whether rules may read it."""

    value: int | str
    until: str
    is_fact: bool


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who a member is. Purposes: greeting and mail (names), contact (e-mail, phone, address), birthdays;
    those of the group's own fields stand in its programme.
    """

    family_name: str = ""
    given_name: str = ""
    salutation: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    birth_date: str = ""
    spouse_birth_date: str = ""
    child_birth_dates: tuple[str, ...] = ()
    profile: str = ""
    fields: dict[str, FieldOfPerson] = {}
    preferred_channel: str = ""
    preferred_payment: str = ""


class MemberNotFound(LoyaltyError):
    """No such member in this group."""

    code = "member_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no member {member_id} in this group. Check the id, or enrol the member first."


class MemberMerged(LoyaltyError):
    """The member is a duplicate that was merged."""

    code = "member_merged"
    trouble = Trouble.CONFLICT
    text = "{member_id} was merged into {survivor_id}. Use {survivor_id} from now on."


ERASED = Person()


def require_there(row: MemberRow | None, member_id: str) -> MemberRow:
    """The member, who is neither erased nor merged. Raises: MemberNotFound, MemberMerged."""
    if row is not None and row.merged_into is not None:
        raise MemberMerged(member_id=member_id, survivor_id=row.merged_into)
    if row is None or row.key_wrapped is None:
        raise MemberNotFound(member_id=member_id)
    return row


def seal_person(vault: Vault, group_id: str, member_id: str, key: bytes, person: Person) -> bytes:
    """Personal data under the member's key."""
    return vault.seal_person(group_id, member_id, key, msgspec.json.encode(person))


def open_person(vault: Vault, member: MemberRow) -> Person:
    """A member's personal data; empty after erasure."""
    if member.key_wrapped is None or member.person_sealed is None:
        return ERASED
    key = vault.open_key(member.group_id, member.member_id, member.key_wrapped)
    plain = vault.open_person(member.group_id, member.member_id, key, member.person_sealed)
    return msgspec.json.decode(plain, type=Person)


def normal_email(email: str) -> str:
    """The form in which an e-mail address is looked up."""
    return email.strip().casefold()


def normal_phone(phone: str) -> str:
    """The form in which a phone number is looked up: digits, with a leading + for international ones."""
    digits = re.sub(r"[^0-9]", "", phone)
    is_international = phone.strip().startswith(("+", "00"))
    return f"+{digits.removeprefix('00')}" if is_international and digits else digits
