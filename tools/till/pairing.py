"""The till's side of pairing: it enters the code, gets its keys, sends the test ticket, compares the word."""

import asyncio
import contextlib
import hashlib
import secrets
import ssl
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from importlib.metadata import version
from typing import Final, TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.till_pairing import TILL_CHECK_S, TILL_FINISH_WAIT_S, TILL_PAIRING_ANSWER_BYTES_MAX
from tools.till.paired import PairedTerminal
from tools.till.till import Item, SimulatedTill, TillError, read_additional
from wire.nexo.envelope import SealingKey, derive
from wire.till_handshake import ProofWrong, SomebodyBetween, TillEnd
from wire.till_pairing import PATH, BeginView, FinishView, PairedKeys, ProveView

V = TypeVar("V")

SOFTWARE: Final = f"SimulatedTill {version('officine')}"
TEST_ITEM: Final = Item(line_no=1, code="0000000000000", quantity=1, amount_minor=100, label="Test")
"""What a till that knows no article yet can send: unknown articles have a price too."""
_TIMEOUT_S: Final = 15

AskPerson = Callable[[str], Awaitable[bool]]
"""Shows the check word; whether the person sees the same at the terminal."""


class TillNotPaired(LoyaltyError):
    """The terminal refused, or does not answer."""

    code = "till_not_paired"
    trouble = Trouble.REFUSED
    text = "{reason}"

    def __init__(self, *, reason: str, terminal_code: str = "") -> None:
        super().__init__(reason=reason, terminal_code=terminal_code)
        self.terminal_code = terminal_code


async def pair(
    url: str, code: str, *, sale_id: str, currency: str, ask_person: AskPerson, local_address: str = ""
) -> PairedTerminal:
    """Pair with the terminal at `url` that shows `code`; what the till keeps.

    Args:
        local_address: which of this machine's addresses to speak from; empty: whichever leads there.
    Raises: TillNotPaired, ProofWrong, SomebodyBetween.
    """
    url = url.rstrip("/")
    end = await asyncio.to_thread(lambda: TillEnd(code=code, sale_id=sale_id, software=SOFTWARE))
    try:
        seen = await certificate_of(url)
        local = (local_address, 0) if local_address else None
        connector = aiohttp.TCPConnector(ssl=aiohttp.Fingerprint(seen), local_addr=local)
        async with aiohttp.ClientSession(connector=connector) as session:
            keys = await _exchange(session, url, end, seen)
            try:
                await _send_test_ticket(url, seen, keys, currency=currency, sale_id=sale_id)
            except BaseException:
                with contextlib.suppress(TillNotPaired, ProofWrong):  # the screen need not wait for us
                    await _finish(session, url, end, is_same=False)
                raise
            is_same = await ask_person(end.agreed.word)
            await _finish(session, url, end, is_same=is_same)
    except (aiohttp.ClientError, TimeoutError, OSError, TillError) as error:
        raise TillNotPaired(reason=f"{url}: {str(error) or type(error).__name__}") from error
    return PairedTerminal(
        poi_id=keys.poi_id,
        url=url,
        addresses=keys.addresses,
        port=keys.port,
        identifier=keys.identifier,
        version=keys.version,
        passphrase=keys.passphrase,
        certificate=keys.certificate,
        check_word=end.agreed.word,
    )


async def certificate_of(url: str) -> bytes:
    """The SHA-256 of the certificate that is served there, whoever's it is. Raises: OSError."""
    parts = urlsplit(url)
    context = await asyncio.to_thread(ssl.create_default_context)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with asyncio.timeout(_TIMEOUT_S):
        _, writer = await asyncio.open_connection(parts.hostname, parts.port or 443, ssl=context)
    try:
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return hashlib.sha256(der).digest()
    finally:
        writer.close()


async def _exchange(session: aiohttp.ClientSession, url: str, end: TillEnd, seen: bytes) -> PairedKeys:
    begun = await _ask(session, url, "begin", end.body, BeginView)
    said = await asyncio.to_thread(end.prove, begun, seen.hex())
    keys = end.accept(await _ask(session, url, "prove", said, ProveView))
    der = ssl.PEM_cert_to_DER_cert(keys.certificate)
    if not secrets.compare_digest(hashlib.sha256(der).digest(), seen):
        raise SomebodyBetween
    return keys


async def _send_test_ticket(url: str, seen: bytes, keys: PairedKeys, *, currency: str, sale_id: str) -> None:
    """A ticket that books nothing: keys, POIID and the way to central are right, or it fails here."""
    till = SimulatedTill(
        url,
        sale_id=sale_id,
        poi_id=keys.poi_id,
        currency=currency,
        key=await asyncio.to_thread(keys_to_seal, keys),
        certificate=seen,
    )
    async with till:
        answer = await till.award([TEST_ITEM])
    told = read_additional(answer.response.additional_response)
    if answer.response.result != "Success" or told.get("training") != "true":
        reason = told.get("message") or answer.response.error_condition or "no reason was given"
        raise TillNotPaired(reason=f"The test ticket failed: {reason}", terminal_code=told.get("code", ""))


def keys_to_seal(keys: PairedKeys) -> SealingKey:
    """The till's key for its envelopes. Slow on purpose."""
    return SealingKey(keys.identifier, keys.version, derive(keys.passphrase), keys.identifier)


async def _finish(session: aiohttp.ClientSession, url: str, end: TillEnd, *, is_same: bool) -> None:
    """Until a person answered at the terminal as well."""
    body = end.finish(is_same=is_same)
    async with asyncio.timeout(TILL_CHECK_S + TILL_FINISH_WAIT_S):
        while True:
            view = await _ask(session, url, "finish", body, FinishView)
            end.require_paired(view)
            if view.state == "paired" and is_same:
                return
            if view.state == "refused" or not is_same:
                raise TillNotPaired(
                    reason="The words differ, or the terminal's time was over: nothing was paired."
                    " Look who sits between till and terminal, then open a new code.",
                    terminal_code="refused",
                )


async def _ask(session: aiohttp.ClientSession, url: str, verb: str, body: msgspec.Struct, kind: type[V]) -> V:
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S + TILL_FINISH_WAIT_S)
    data, headers = msgspec.json.encode(body), {"Content-Type": "application/json"}
    address = f"{url}{PATH}/{verb}"
    async with session.post(address, data=data, headers=headers, timeout=timeout) as response:
        content = bytearray()
        async for chunk in response.content.iter_any():
            content += chunk
            if len(content) > TILL_PAIRING_ANSWER_BYTES_MAX:
                raise TillNotPaired(reason="The answer is longer than any terminal's.")
        status = response.status
    try:
        if status == HTTPStatus.OK:
            return msgspec.json.decode(content, type=kind)
        told = msgspec.json.decode(content, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise TillNotPaired(reason=f"HTTP {status}: no terminal of ours answers there.") from None
    raise TillNotPaired(
        reason=str(told.get("detail") or f"HTTP {status}"), terminal_code=str(told.get("code", ""))
    )


__all__ = ["ProofWrong", "TillNotPaired", "certificate_of", "pair"]
