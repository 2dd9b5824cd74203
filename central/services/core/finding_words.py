"""What a member is found by without a card: keyed hashes of name and birth date together, never of one.

A name alone would bring a list of strangers, and its hash could be tried; with the birth date it is a person.
"""

from central.services.core.sealed_people import Person
from central.services.core.vault import Vault
from loyalty.programme.likeness import parts_of, sound


def words_of(vault: Vault, group_id: str, person: Person) -> tuple[bytes, ...]:
    """The words of a member; none without name and birth date."""
    return name_words(vault, group_id, f"{person.family_name} {person.given_name}", person.birth_date)


def name_words(vault: Vault, group_id: str, name: str, birth_date: str) -> tuple[bytes, ...]:
    """Those of a name, as it is kept or as it was typed: each part as written, and as it sounds."""
    if not birth_date:
        return ()
    found: dict[bytes, None] = {}
    for part in parts_of(name):
        for kind, text in (("name", part), ("sound", sound(part))):
            word = vault.lookup_hash(group_id, kind, f"{text}/{birth_date}")
            if word is not None:
                found[word] = None
    return tuple(found)
