"""A till that speaks Caisse-AP: one request, one answer, over TCP."""

import asyncio
from typing import Final

from terminal.till.caisse_ap.codec import decode, encode
from tools.till.till import TillError

PORT: Final = 8888
ANSWER_BYTES_MAX: Final = 4096
ACTIONS: Final = {"debit": "0", "refund": "1", "cancel": "2", "duplicate": "3"}
CURRENCIES: Final = {"EUR": "978", "CHF": "756"}


class CaisseApTill:
    """A till with a register number. `timeout_s`: as long as tills wait for their payment terminal."""

    def __init__(self, host: str, port: int = PORT, *, register: str = "01", timeout_s: float = 180) -> None:
        self._host, self._port, self._register, self._timeout_s = host, port, register, timeout_s

    async def ask(
        self,
        action: str,
        amount_minor: int | None = None,
        *,
        currency: str = "CHF",
        application: str = "",
        private: str = "",
        reference: str = "",
    ) -> dict[str, str]:
        """The tags of the answer.

        Raises: TillError: no answer, or none that is one; OSError: nobody listens.
        """
        tags = {"CZ": "0300", "CJ": "012345678901", "CA": self._register, "CD": ACTIONS[action], "BA": "0"}
        if amount_minor is not None:
            tags |= {"CB": f"{amount_minor:02}", "CE": CURRENCIES[currency]}
        more = {"CC": application, "CF": private, "CH": reference}
        return await self._exchange(encode(tags | {tag: value for tag, value in more.items() if value}))

    async def _exchange(self, data: bytes) -> dict[str, str]:
        async with asyncio.timeout(self._timeout_s):
            reader, writer = await asyncio.open_connection(self._host, self._port)
            try:
                writer.write(data)
                answer = await reader.read(ANSWER_BYTES_MAX)
            finally:
                writer.close()
        tags = decode(answer) if answer else None
        if tags is None:
            raise TillError("the terminal hung up without an answer: does it know this till's address?")
        return tags
