"""The verbs of `central.storage.interface.pairing` one line each; see `central.storage.async_verbs.store`."""

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.pairing import PairedToken, PairingRow
from central.storage.verbs import pairing


class PairingVerbs(VerbRunner):
    """See `central.storage.interface.pairing.PairingStore`; a part of `VerbStore`."""

    async def put_pairing(
        self, row: PairingRow, *, waiting_max: int, forget_before_ms: int
    ) -> Recorded[PairingRow]:
        return await self._write(
            pairing.put_pairing, row, waiting_max=waiting_max, forget_before_ms=forget_before_ms
        )

    async def find_pairing(self, pairing_id: str) -> PairingRow | None:
        return await self._read(pairing.find_pairing, pairing_id)

    async def find_pairing_by_code(self, code: str) -> PairingRow | None:
        return await self._read(pairing.find_pairing_by_code, code)

    async def approve_pairing(
        self, pairing_id: str, token: PairedToken, *, now_ms: int, expires_ms: int
    ) -> PairingRow:
        return await self._write(
            pairing.approve_pairing, pairing_id, token, now_ms=now_ms, expires_ms=expires_ms
        )
