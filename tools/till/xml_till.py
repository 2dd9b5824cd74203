"""A till that wears the XML dress: it says what `SimulatedTill` says, and is answered in XML."""

import io

import aiohttp

from tools.till.till import TIMEOUT_S, SimulatedTill
from wire.nexo import json_codec
from wire.nexo.xml import codec

PATH = "/EPASSaleToPOI/3.1"


class XmlTill(SimulatedTill):
    """`last_xml`: the last answer as it came."""

    last_xml = b""

    async def post(self, data: bytes) -> tuple[int, bytes]:
        """Send a message of the JSON dress as XML; the answer as JSON again, errors as they are."""
        status, content = await self.post_xml(codec.encode(json_codec.decode(data)))
        if status == 204:
            return 200, b""
        if status != 200:
            return status, content
        return status, json_codec.encode(codec.decode(content))

    async def post_xml(self, data: bytes) -> tuple[int, bytes]:
        """Send bytes as they are."""
        assert self._session is not None, "use the till as a context"
        async with self._session.post(
            self.url.removesuffix("/nexo") + PATH,
            data=io.BytesIO(data),
            headers={"Content-Type": "application/xml; charset=utf-8"},
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
        ) as response:
            self.last_xml = await response.read()
            return response.status, self.last_xml
