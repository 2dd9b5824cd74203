"""The vault: personal data sealed under each member's own key; destroying the key erases them (DESIGN 11).

member key   random, wrapped (AES-256-GCM) by the group's key; the additional data bind group and member.
group key    HMAC-SHA256 of the group's id under central's master key.
merged key   a duplicate's key, sealed by the key of the member it was merged into.
person       sealed by the member's key; so are the facts of a member that a quote or ticket carries, and
             what messages to the member say.
card talk    how far a challenge to a card is, sealed by the group's key for one terminal, which carries it.
card keys    sealed by the group's key: what the chips of a version of cards carry.
subject      random id of the member's ticket lines, sealed by the member's key: the link is encrypted.
game seed    HMAC under the group's key, one for each play of a member: told as a hash before, open after.
signing key  HMAC under the group's key: what central signs for terminals (Ed25519, see `signing`).
line key     HMAC of the sale's id under the member's key: joins a ticket and its lines.
Anonymous tickets use the group's key in the member's place; nothing of a person hangs on them.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from central.services.core.prepared_key import PreparedKey, mac_of, open_sealed, seal
from loyalty.limits.known import GROUPS_KEPT_MAX

_KEY_BYTES: Final = 32
_SUBJECT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class NewMemberKeys:
    """What enrolment stores, and the open key to seal the person with."""

    key: bytes
    key_wrapped: bytes
    subject_sealed: bytes


class Vault:
    """Seals and opens. Holds the master key; knows nothing of storage."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != _KEY_BYTES:
            raise ValueError(f"the master key has {len(master_key)} bytes, not {_KEY_BYTES}")
        self._master_key = master_key
        self._groups: dict[str, PreparedKey] = {}

    def new_member(self, group_id: str, member_id: str) -> NewMemberKeys:
        """Fresh random key and subject for a member."""
        key = secrets.token_bytes(_KEY_BYTES)
        wrapped = self.wrap_key(group_id, member_id, key)
        subject = secrets.token_bytes(_SUBJECT_BYTES)
        return NewMemberKeys(key, wrapped, seal(key, subject, _owner("subject", group_id, member_id)))

    def open_key(self, group_id: str, member_id: str, key_wrapped: bytes) -> bytes:
        """The member's key."""
        return self._group(group_id).open(key_wrapped, _owner("key", group_id, member_id))

    def wrap_key(self, group_id: str, member_id: str, key: bytes) -> bytes:
        """A member's key under the group's key, as a row holds it."""
        return self._group(group_id).seal(key, _owner("key", group_id, member_id))

    def seal_merged_key(self, group_id: str, member_id: str, survivor_key: bytes, key: bytes) -> bytes:
        """The key of a duplicate under that of the member it was merged into: both end with the latter."""
        return seal(survivor_key, key, _owner("merged-key", group_id, member_id))

    def open_merged_key(self, group_id: str, member_id: str, survivor_key: bytes, sealed: bytes) -> bytes:
        """Open it again."""
        return open_sealed(survivor_key, sealed, _owner("merged-key", group_id, member_id))

    def open_subject(self, group_id: str, member_id: str, key: bytes, sealed: bytes) -> bytes:
        """The member's random subject id."""
        return open_sealed(key, sealed, _owner("subject", group_id, member_id))

    def seal_person(self, group_id: str, member_id: str, key: bytes, person: bytes) -> bytes:
        """Seal personal data under the member's key."""
        return seal(key, person, _owner("person", group_id, member_id))

    def open_person(self, group_id: str, member_id: str, key: bytes, sealed: bytes) -> bytes:
        """Open personal data."""
        return open_sealed(key, sealed, _owner("person", group_id, member_id))

    def seal_facts(self, group_id: str, member_id: str, key: bytes, facts: bytes) -> bytes:
        """Seal what rules read of a member under the member's key."""
        return seal(key, facts, _owner("facts", group_id, member_id))

    def open_facts(self, group_id: str, member_id: str, key: bytes, sealed: bytes) -> bytes:
        """Open what rules read of a member."""
        return open_sealed(key, sealed, _owner("facts", group_id, member_id))

    def seal_standing(self, group_id: str, member_id: str, key: bytes, standing: bytes) -> bytes:
        """Seal what is kept of where a member stands and must not stand in the open."""
        return seal(key, standing, _owner("standing", group_id, member_id))

    def open_standing(self, group_id: str, member_id: str, key: bytes, sealed: bytes) -> bytes:
        """Open that again."""
        return open_sealed(key, sealed, _owner("standing", group_id, member_id))

    def seal_message(self, group_id: str, message_id: str, key: bytes, said: bytes) -> bytes:
        """Seal what a message says under its member's key."""
        return seal(key, said, _owner("message", group_id, message_id))

    def open_message(self, group_id: str, message_id: str, key: bytes, sealed: bytes) -> bytes:
        """Open that again."""
        return open_sealed(key, sealed, _owner("message", group_id, message_id))

    def line_key(self, key: bytes, sale_id: str) -> bytes:
        """What joins a sale and its lines, for a member's key."""
        return mac_of(key, "line", sale_id)

    def ref_key(self, key: bytes) -> bytes:
        """What makes the names under which a member's tickets stand in settlements: kept nowhere."""
        return mac_of(key, "settlement", "")

    def anonymous_ref_key(self, group_id: str) -> bytes:
        """The same for tickets of nobody."""
        return self._group(group_id).mac("settlement", "")

    def anonymous_line_key(self, group_id: str, sale_id: str) -> bytes:
        """What joins an anonymous sale and its lines."""
        return self._group(group_id).mac("line", sale_id)

    def anonymous_subject(self, group_id: str, sale_id: str) -> bytes:
        """A subject of its own for each anonymous ticket: nothing links two of them."""
        return self._group(group_id).mac("subject", sale_id)[:_SUBJECT_BYTES]

    def lookup_hash(self, group_id: str, kind: str, value: str) -> bytes | None:
        """Keyed hash by which an e-mail address or a phone number is found; None for an empty one."""
        return self._group(group_id).mac(f"lookup-{kind}", value) if value else None

    def voucher_secret(self, group_id: str, voucher_id: str) -> bytes:
        """What a voucher's number is made of: secret, and the same when the first answer is given again."""
        return self._group(group_id).mac("voucher", voucher_id)

    def voucher_hash(self, group_id: str, code: str) -> bytes:
        """Keyed hash by which a voucher is found; the number itself is kept nowhere."""
        return self._group(group_id).mac("voucher-code", code)

    def game_seed(self, group_id: str, game_id: str, member_id: str, play_no: int) -> bytes:
        """The server seed of a member's next play, 32 bytes: committed to when offered, shown when played."""
        return self._group(group_id).mac("game-seed", f"{game_id}/{member_id}/{play_no}")

    def prize_secret(self, group_id: str, play_id: str) -> bytes:
        """What the code of a thing that was won is made of, as `voucher_secret`."""
        return self._group(group_id).mac("prize", play_id)

    def prize_hash(self, group_id: str, code: str) -> bytes:
        """Keyed hash by which the thing of a code is found; the code itself is kept nowhere."""
        return self._group(group_id).mac("prize-code", code)

    def seal_card_keys(self, group_id: str, version: int, keys: bytes) -> bytes:
        """Seal the keys of a version of cards under the group's key."""
        return self._group(group_id).seal(keys, _owner("card-keys", group_id, str(version)))

    def open_card_keys(self, group_id: str, version: int, sealed: bytes) -> bytes:
        """Open the keys of a version of cards."""
        return self._group(group_id).open(sealed, _owner("card-keys", group_id, str(version)))

    def signing_seed(self, group_id: str) -> bytes:
        """What the group's signing key is made of: secret, and the same for ever."""
        return self._group(group_id).mac("signing", "terminals")

    def seal_note(self, group_id: str, note_id: str, note: bytes, key: bytes | None = None) -> bytes:
        """What was written or put aside at a counter, under the member's key, or the group's."""
        return (PreparedKey(key) if key else self._group(group_id)).seal(
            note, _owner("note", group_id, note_id)
        )

    def open_note(self, group_id: str, note_id: str, sealed: bytes, key: bytes | None = None) -> bytes:
        """Open it again."""
        return (PreparedKey(key) if key else self._group(group_id)).open(
            sealed, _owner("note", group_id, note_id)
        )

    def seal_card_talk(self, group_id: str, terminal: str, state: bytes) -> bytes:
        """Seal how far central's talk with a card is: it travels with the terminal, for that one alone."""
        return self._group(group_id).seal(state, _owner("card-talk", group_id, terminal))

    def open_card_talk(self, group_id: str, terminal: str, sealed: bytes) -> bytes:
        """Open that again. Raises: SealBroken: it was made for another terminal, or not by central."""
        return self._group(group_id).open(sealed, _owner("card-talk", group_id, terminal))

    def insured_hash(self, group_id: str, shown: str) -> bytes:
        """What an insured-person card is known by: a keyed hash of the keyed hash that a reader made."""
        return self._group(group_id).mac("insured-card", shown)

    def phone_handle(self, group_id: str, phone_card_id: str) -> bytes:
        """What names a card in a phone; the same id is the same card in the phone."""
        return self._group(group_id).mac("phone-handle", phone_card_id)

    def phone_secret(self, group_id: str, handle: str) -> bytes:
        """What the link of a phone's page holds beside the handle, which everybody may see."""
        return self._group(group_id).mac("phone-link", handle)

    def phone_mac(self, group_id: str, handle: str, window: int) -> bytes:
        """What proves the code of a window, under a key of this handle alone."""
        key = self._group(group_id).mac("phone-code", handle)
        return mac_of(key, "window", str(window))

    def contact_code(self, group_id: str, code_id: str, input_hash: bytes) -> bytes:
        """What the code that proves an address is made of: kept nowhere, the same when it is sent again.

        `input_hash`: of member, channel and address. The same id for another address is another code.
        """
        return self._group(group_id).mac("contact-code", f"{input_hash.hex()}\0{code_id}")

    def invitation_secret(self, group_id: str, invitation_id: str, input_hash: bytes) -> bytes:
        """What the link of an invitation holds: kept nowhere, the same when the wish is sent again."""
        return self._group(group_id).mac("invitation", f"{input_hash.hex()}\0{invitation_id}")

    def gift_secret(self, group_id: str, gift_card_id: str) -> bytes:
        """What a gift card's number is made of, as `voucher_secret`."""
        return self._group(group_id).mac("gift", gift_card_id)

    def gift_hash(self, group_id: str, number: str) -> bytes:
        """Keyed hash by which a gift card is found; the number itself is kept nowhere."""
        return self._group(group_id).mac("gift-number", number)

    def pin_input(self, group_id: str, pin: str) -> bytes:
        """What the slow hash of a PIN is made of: nobody who has the database alone can try all of them."""
        return self._group(group_id).mac("pin", pin)

    def sealing_seed(self, group_id: str) -> bytes:
        """The X25519 key that opens the tickets which terminals keep sealed."""
        return self._group(group_id).mac("offline-sealing", "")

    def hot_salt(self, group_id: str) -> str:
        """What marks of cards in the hot-list are made with: no secret, but another in every group."""
        return self._group(group_id).mac("hot-list", "").hex()[:32]

    def content_hash(self, group_id: str, content: bytes) -> bytes:
        """Keyed hash of a request, to know it again."""
        return self._group(group_id).mac("content", hashlib.sha256(content).hexdigest())

    def _group(self, group_id: str) -> PreparedKey:
        key = self._groups.get(group_id)
        if key is None:
            if len(self._groups) >= GROUPS_KEPT_MAX:
                self._groups.clear()
            key = self._groups[group_id] = PreparedKey(mac_of(self._master_key, "group", group_id))
        return key


def _owner(what: str, group_id: str, member_id: str) -> bytes:
    return "\0".join(("officine", what, group_id, member_id)).encode()
