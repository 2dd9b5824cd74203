"""What central signs for terminals: a file edited in a shop is worth nothing (Ed25519, RFC 8032)."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.services.core.vault import Vault


class Signer:
    """Signs with a group's own key, which is made of central's master key: nothing more to keep or lose."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def sign(self, group_id: str, content: bytes) -> str:
        """The signature in base64. Ed25519 is deterministic: the same content gives the same."""
        return base64.b64encode(self._key(group_id).sign(content)).decode()

    def public_key(self, group_id: str) -> str:
        """What terminals verify with, in base64."""
        return base64.b64encode(self._key(group_id).public_key().public_bytes_raw()).decode()

    def _key(self, group_id: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._vault.signing_seed(group_id))
