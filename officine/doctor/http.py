"""One question over HTTP."""

import os
import ssl
import time
from dataclasses import dataclass

from loyalty.limits.terminal import CENTRAL_PROBE_TIMEOUT_S


class Unanswered(Exception):
    """No answer; the text says why."""


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    """`middle_ms` is our clock halfway between question and answer."""

    status: int
    body: bytes
    middle_ms: int


async def ask(url: str, token: str = "") -> HttpAnswer:
    """GET `url`. Raises: Unanswered."""
    import aiohttp

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = aiohttp.ClientTimeout(total=CENTRAL_PROBE_TIMEOUT_S)
    sent_ms = time.time_ns() // 1_000_000
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, headers=headers) as response,
        ):
            body = await response.read()
            middle_ms = (sent_ms + time.time_ns() // 1_000_000) // 2
            return HttpAnswer(status=response.status, body=body, middle_ms=middle_ms)
    except TimeoutError:
        raise Unanswered(f"no answer within {CENTRAL_PROBE_TIMEOUT_S} s") from None
    except aiohttp.ClientConnectorDNSError as error:
        raise Unanswered("its name is not known (DNS)") from error
    except aiohttp.ClientConnectorCertificateError as error:
        raise Unanswered("its certificate is not trusted") from error
    except aiohttp.ClientConnectorError as error:
        raise Unanswered(_reason(error.os_error)) from error
    except (aiohttp.ClientError, ValueError) as error:
        raise Unanswered(str(error) or type(error).__name__) from error


def _reason(error: OSError) -> str:
    """In the system's words; asyncio's own texts of several addresses hold them and much beside."""
    if isinstance(error, ssl.SSLError):
        return "what answers there does not speak TLS"
    return os.strerror(error.errno).lower() if error.errno else "cannot be reached"
