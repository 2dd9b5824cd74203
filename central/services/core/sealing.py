"""Opens what terminals sealed to central: the key is made of central's master key, nothing more to keep."""

import base64

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.services.core.vault import Vault
from loyalty.errors import LoyaltyError, Trouble
from wire.sealed import SealDoesNotOpen, open_sealed


class SealUnreadable(LoyaltyError):
    """The ticket was sealed to another key than this central's: its secrets were changed."""

    code = "seal_unreadable"
    trouble = Trouble.REFUSED
    text = (
        "This ticket was sealed to another key than this central has. Restore central's secrets file from the"
        " backup; the terminal keeps the ticket and sends it again."
    )


class Sealing:
    """The pair of keys of a group."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def public_key(self, group_id: str) -> str:
        """What terminals seal to, hex."""
        key = X25519PrivateKey.from_private_bytes(self._vault.sealing_seed(group_id))
        return key.public_key().public_bytes_raw().hex()

    def open(self, group_id: str, sealed: str, entry_id: str) -> bytes:
        """What was sealed (base64). Raises: SealUnreadable."""
        try:
            content = base64.b64decode(sealed, validate=True)
            return open_sealed(content, self._vault.sealing_seed(group_id), entry_id)
        except (SealDoesNotOpen, ValueError) as error:
            raise SealUnreadable from error
