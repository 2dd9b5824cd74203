"""What a member is found by without a card: keyed hashes of name and birth date together; and of the whole
name together with the home shop.

A part of a name would bring a list of strangers, and its hashes could be counted: in a whole group the
commonest is the commonest name. With the birth date, or the whole of it in one shop, it is a person.
"""

from central.services.core.sealed_people import Person
from central.services.core.vault import Vault
from loyalty.programme.likeness import parts_of, sound


def words_of(vault: Vault, group_id: str, person: Person, home_shop_id: str | None) -> tuple[bytes, ...]:
    """The words of a member; none without a name, and a birth date or a home shop."""
    name = f"{person.family_name} {person.given_name}"
    words = name_words(vault, group_id, name, person.birth_date)
    here = None
    if home_shop_id is not None and person.family_name and person.given_name:
        here = whole_name_word(vault, group_id, name, home_shop_id)
    return words if here is None else (*words, here)


def whole_name_word(vault: Vault, group_id: str, name: str, shop_id: str) -> bytes | None:
    """That of a whole name in a shop, in whatever order, as it sounds; None: of one part, or none."""
    sounds = sorted(sound(part) for part in parts_of(name))
    if len(sounds) < 2:
        return None
    return vault.lookup_hash(group_id, "name_here", f"{'+'.join(sounds)}/{shop_id}")


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
