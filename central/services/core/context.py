"""What every service is given: the store, the vault, the signing key, the clock. Nothing is global."""

from dataclasses import dataclass

from central.services.core.clock import Clock, Zones
from central.services.core.known import Known
from central.services.core.vault import Vault
from central.storage.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The outside world of the services."""

    store: Store
    vault: Vault
    quote_key: bytes
    clock: Clock
    zones: Zones
    known: Known
