"""The limit of HTTP here: aiohttp, uvloop and msgspec read a sale and write an answer, nothing else.

python -m tools.bench.echo PORT ANSWER_FILE
"""

import asyncio
import sys
from pathlib import Path

import msgspec
import uvloop
from aiohttp import web

from wire import api_sales


def application(answer: bytes) -> web.Application:
    """Decodes each request as a sale and encodes one and the same answer anew for each."""
    decoder = msgspec.json.Decoder(api_sales.SaleBody)
    encoder = msgspec.json.Encoder()
    view = msgspec.json.decode(answer, type=api_sales.SaleView)

    async def sale(request: web.Request) -> web.Response:
        decoder.decode(await request.read())
        return web.Response(body=encoder.encode(view), content_type="application/json")

    app = web.Application()
    app.router.add_post("/api/v1/sales", sale)
    return app


async def _run(port: int, answer: bytes) -> None:
    runner = web.AppRunner(application(answer), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main() -> None:
    """Serve until killed."""
    uvloop.run(_run(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))


if __name__ == "__main__":
    main()
