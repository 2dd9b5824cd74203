"""The agent before its token, against a real central: codes that end, keys that do not fit, no place."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from central.services.core.access import operator_of
from loyalty.limits.pairing import PAIRING_VALID_S
from terminal.pairing import KeptRequest, PairingNotKept, begin, keep_token, load_or_begin
from terminal.run import run
from terminal.settings import TerminalSettings
from tests.central_fixture import GROUP, CentralUnderTest, a_central
from tests.helpers import eventually
from tests.terminal_fixture import KioskEnd, a_kiosk
from wire.messages import Pairing
from wire.pairing import PairTerminalBody, SealBroken


@dataclass
class Time:
    """A clock that the test sets."""

    now_ms: int = 1_795_000_000_000

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class Waiting:
    """An agent without a token and the kiosk that watches it."""

    settings: TerminalSettings
    kiosk: KioskEnd = field(default_factory=KioskEnd)

    @property
    def pairing(self) -> Pairing | None:
        return self.kiosk.states[-1].pairing if self.kiosk.states else None

    async def code(self, is_wanted: Callable[[str], bool] = bool) -> str:
        await eventually(lambda: self.pairing is not None and is_wanted(self.pairing.code), deadline_s=20)
        assert self.pairing is not None
        return self.pairing.code

    async def paired(self) -> None:
        await eventually(lambda: bool(self.kiosk.states) and self.pairing is None, deadline_s=20)
        await eventually(lambda: self.kiosk.state.link == "up", deadline_s=20)


def settings_for(central_url: str, tmp_path: Path, socket_dir: Path) -> TerminalSettings:
    return TerminalSettings(
        central_url=central_url,
        state_dir=tmp_path / "terminal",
        socket=socket_dir / "terminal.sock",
        reader_socket=socket_dir / "reader.sock",
        nexo_port=0,
        poi_id="lac-1.t-9",
    )


@contextlib.asynccontextmanager
async def waiting(central: CentralUnderTest, tmp_path: Path, socket_dir: Path) -> AsyncIterator[Waiting]:
    settings = settings_for(central.base_url, tmp_path, socket_dir)
    made, stop = Waiting(settings), asyncio.Event()
    running = asyncio.create_task(run(settings, stop))
    try:
        async with a_kiosk(settings, made.kiosk):
            yield made
    finally:
        stop.set()
        await running


async def type_code(central: CentralUnderTest, code: str) -> str:
    body = PairTerminalBody(code=code, shop_id="lac-1")
    paired, _ = await central.services.pairing.pair(operator_of(GROUP), body)
    return paired.token_id


async def test_the_agent_goes_on_in_the_same_process_with_its_token(tmp_path: Path, socket_dir: Path) -> None:
    async with a_central(tmp_path) as central, waiting(central, tmp_path, socket_dir) as terminal:
        await type_code(central, await terminal.code())
        await terminal.paired()
        assert terminal.kiosk.state.shop_name == "Pharmacie du Lac 1"
        mode = await asyncio.to_thread(lambda: terminal.settings.token_path.stat().st_mode & 0o777)
        assert mode == 0o600


async def test_a_code_that_nobody_typed_is_followed_by_another_under_another_key(
    tmp_path: Path, socket_dir: Path
) -> None:
    clock = Time()
    async with a_central(tmp_path, clock) as central, waiting(central, tmp_path, socket_dir) as terminal:
        first = await terminal.code()
        key = (await asyncio.to_thread(load_or_begin, terminal.settings)).private_key
        clock.now_ms += PAIRING_VALID_S * 1000
        second = await terminal.code(lambda code: code not in ("", first))
        assert (await asyncio.to_thread(load_or_begin, terminal.settings)).private_key != key
        await type_code(central, second)
        await terminal.paired()


async def test_a_token_revoked_before_it_was_fetched_is_never_taken(tmp_path: Path, socket_dir: Path) -> None:
    settings = settings_for("http://127.0.0.1:9", tmp_path, socket_dir)
    kept = await asyncio.to_thread(begin, settings)
    async with a_central(tmp_path) as central:
        code = (await central.services.pairing.request(kept.body, "192.0.2.1")).code
        token_id = await type_code(central, code)
        await central.services.access.revoke_token(operator_of(GROUP), token_id)
        async with waiting(central, tmp_path, socket_dir) as terminal:
            assert await terminal.code(lambda each: each.replace("-", "") not in ("", code))
            assert not await asyncio.to_thread(terminal.settings.token_path.exists)


def test_a_request_is_kept_for_its_owner_and_found_again(tmp_path: Path) -> None:
    settings = settings_for("http://127.0.0.1:9", tmp_path, tmp_path)
    first = load_or_begin(settings)
    path = settings.state_dir / "pairing.json"
    assert (path.stat().st_mode & 0o777, settings.state_dir.stat().st_mode & 0o777) == (0o600, 0o700)
    assert load_or_begin(settings) == first
    path.write_bytes(path.read_bytes()[:40])
    second = load_or_begin(settings)
    assert second.body.pairing_id != first.body.pairing_id, "half a file is no request"
    assert msgspec.json.decode(path.read_bytes(), type=KeptRequest) == second


def test_a_token_sealed_to_another_key_is_not_written(tmp_path: Path) -> None:
    settings = settings_for("http://127.0.0.1:9", tmp_path, tmp_path)
    kept = begin(settings)
    with pytest.raises(SealBroken):
        keep_token(settings, kept, b"\x00" * 90)
    assert not settings.token_path.exists()
    assert load_or_begin(settings) == kept


def test_a_place_that_is_no_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "terminal").write_text("", encoding="ascii")
    with pytest.raises(PairingNotKept, match="must own"):
        begin(settings_for("http://127.0.0.1:9", tmp_path, tmp_path))
