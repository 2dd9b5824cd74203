"""The vault: what is sealed opens for its owner alone."""

import pytest

from central.services.core.prepared_key import PreparedKey, SealBroken, mac_of, open_sealed, seal
from central.services.core.vault import Vault

MASTER = bytes(range(32))


def a_vault(master_key: bytes = MASTER) -> Vault:
    return Vault(master_key)


def test_what_was_sealed_opens_again() -> None:
    vault = a_vault()
    keys = vault.new_member("g", "m")
    sealed = vault.seal_person("g", "m", keys.key, b"Anne")

    assert vault.open_key("g", "m", keys.key_wrapped) == keys.key
    assert vault.open_person("g", "m", keys.key, sealed) == b"Anne"
    assert b"Anne" not in sealed


@pytest.mark.parametrize(("group_id", "member_id"), [("g", "other"), ("other", "m")])
def test_a_key_moved_to_another_owner_does_not_open(group_id: str, member_id: str) -> None:
    vault = a_vault()
    keys = vault.new_member("g", "m")

    with pytest.raises(SealBroken):
        vault.open_key(group_id, member_id, keys.key_wrapped)


def test_another_central_cannot_open_a_member() -> None:
    keys = a_vault().new_member("g", "m")

    with pytest.raises(SealBroken):
        a_vault(bytes(32)).open_key("g", "m", keys.key_wrapped)


@pytest.mark.parametrize("at", [0, 1, 13, -1])
def test_a_flipped_bit_is_noticed(at: int) -> None:
    vault = a_vault()
    keys = vault.new_member("g", "m")
    sealed = bytearray(vault.seal_person("g", "m", keys.key, b"Anne"))
    sealed[at] ^= 1

    with pytest.raises(SealBroken):
        vault.open_person("g", "m", keys.key, bytes(sealed))


def test_a_subject_sealed_for_tickets_does_not_open_as_a_person() -> None:
    vault = a_vault()
    keys = vault.new_member("g", "m")

    with pytest.raises(SealBroken):
        vault.open_person("g", "m", keys.key, keys.subject_sealed)


def test_line_keys_tell_sales_members_and_groups_apart() -> None:
    vault = a_vault()
    one, two = vault.new_member("g", "m").key, vault.new_member("g", "n").key
    keys = {
        vault.line_key(one, "s-1"),
        vault.line_key(one, "s-2"),
        vault.line_key(two, "s-1"),
        vault.anonymous_line_key("g", "s-1"),
        vault.anonymous_line_key("h", "s-1"),
    }

    assert len(keys) == 5
    assert vault.line_key(one, "s-1") == vault.line_key(one, "s-1")


def test_two_anonymous_tickets_have_two_subjects() -> None:
    assert a_vault().anonymous_subject("g", "s-1") != a_vault().anonymous_subject("g", "s-2")


def test_lookups_are_keyed_by_group_and_kind() -> None:
    vault = a_vault()

    assert vault.lookup_hash("g", "email", "a@b.ch") != vault.lookup_hash("h", "email", "a@b.ch")
    assert vault.lookup_hash("g", "email", "1") != vault.lookup_hash("g", "phone", "1")
    assert vault.lookup_hash("g", "email", "") is None


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        a_vault(b"short")


def test_a_prepared_key_makes_and_opens_what_its_bytes_do() -> None:
    key, other = bytes(range(32)), bytes(range(1, 33))
    prepared = PreparedKey(key)

    assert prepared.mac("line", "s1") == mac_of(key, "line", "s1") != mac_of(other, "line", "s1")
    assert prepared.mac("line", "s1") == prepared.mac("line", "s1") != prepared.mac("ref", "s1")
    assert open_sealed(key, prepared.seal(b"Anne", b"owner"), b"owner") == b"Anne"
    assert prepared.open(seal(key, b"Anne", b"owner"), b"owner") == b"Anne"
    with pytest.raises(SealBroken):
        prepared.open(seal(other, b"Anne", b"owner"), b"owner")
    with pytest.raises(SealBroken):
        prepared.open(seal(key, b"Anne", b"owner"), b"another")
