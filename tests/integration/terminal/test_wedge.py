"""A member's number typed into a till: on a serial line (a pty), by a keyboard where there is uinput."""

import asyncio
import os
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from terminal.till.wedge.drivers import KeyboardWedge, WedgeUnusable
from terminal.till.wedge.service import WedgeTyping
from terminal.till.wedge.simulated import SimulatedWedge
from tests.central_fixture import CARD, OTHER_CARD, OTHER_UID
from tests.helpers import eventually
from tests.terminal_fixture import Shop, a_terminal
from tools.till.wedge import a_line, ask_line

needs_uinput = pytest.mark.skipif(
    not Path("/dev/uinput").exists(), reason="no virtual keyboards here: modprobe uinput"
)


def heard(till: int) -> bytes:
    try:
        return os.read(till, 1024)
    except BlockingIOError:
        return b""


async def hears(till: int) -> bytes:
    return await eventually(lambda: heard(till))


async def test_a_till_that_asks_hears_the_number_and_without_a_card_that_there_is_none(
    tmp_path: Path, socket_dir: Path
) -> None:
    with a_line() as (till, path):
        async with a_terminal(
            tmp_path, socket_dir, wedge=f"serial://{path}?baud=9600", wedge_text="M{number}{enter}"
        ) as shop:
            os.write(till, b"\x05")
            assert await hears(till) == b"\x15"
            await shop.tap_known()
            assert heard(till) == b"", "nothing unasked"

            os.write(till, b"\x05")

            assert await hears(till) == f"M{CARD}\r\n".encode()
            os.write(till, b"hello")
            os.write(till, b"\x05")
            assert await hears(till) == f"M{CARD}\r\n".encode()


async def test_a_till_asks_as_the_command_does(tmp_path: Path, socket_dir: Path) -> None:
    with a_line() as (till, path), a_line() as (other, heard_at):
        async with a_terminal(tmp_path, socket_dir, wedge=f"serial://{path}") as shop:
            loop = asyncio.get_running_loop()
            loop.add_reader(till, lambda: os.write(other, heard(till)))  # a cable between the two lines
            loop.add_reader(other, lambda: os.write(till, heard(other)))
            assert await asyncio.to_thread(ask_line, heard_at) is None
            await shop.tap_known()
            assert await asyncio.to_thread(ask_line, heard_at) == CARD
            loop.remove_reader(till)
            loop.remove_reader(other)


async def test_every_tap_of_a_known_card_is_typed_once(tmp_path: Path, socket_dir: Path) -> None:
    with a_line() as (till, path):
        async with a_terminal(
            tmp_path, socket_dir, wedge=f"serial://{path}", wedge_when="tap", wedge_text="{number}{tab}"
        ) as shop:
            await shop.tap("04FFFFFFFFFF99")  # nobody's
            await eventually(lambda: shop.kiosk.session.state == "refused")
            await shop.tap_known()
            assert await hears(till) == f"{CARD}\t".encode()
            await shop.cut()
            await shop.mend()
            await shop.tap(OTHER_UID)
            assert await hears(till) == f"{OTHER_CARD}\t".encode()


async def test_a_wedge_that_is_unplugged_stops_nothing_else(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir, wedge="serial:///dev/ttyOfficine0") as shop:
        await shop.tap_known()
        assert shop.kiosk.session.state == "open"


async def test_a_simulated_till_takes_what_is_typed(tmp_path: Path, socket_dir: Path) -> None:
    wedge = SimulatedWedge()
    async with a_terminal(tmp_path, socket_dir, wedge_when="tap") as shop, typing_into(shop, wedge):
        await shop.tap_known()
        await eventually(lambda: wedge.typed)
        assert wedge.typed == [f"{CARD}{{enter}}"]


@pytest.mark.skipif(Path("/dev/uinput").exists(), reason="virtual keyboards are permitted here")
def test_a_keyboard_that_this_user_may_not_have_says_what_it_needs() -> None:
    with pytest.raises(WedgeUnusable, match=r"docs/tills\.md"):
        KeyboardWedge("ch")


@needs_uinput
def test_a_virtual_keyboard_types_the_number() -> None:
    from evdev import InputDevice, ecodes, list_devices

    from terminal.till.wedge.drivers import NAME

    wedge = KeyboardWedge("ch")
    try:
        device = next(found for found in map(InputDevice, list_devices()) if found.name == NAME)
        wedge.type_text("12{enter}")
        pressed = [event.code for event in device.read() if event.type == ecodes.EV_KEY and event.value == 1]
        assert pressed == [ecodes.KEY_1, ecodes.KEY_2, ecodes.KEY_ENTER]
    finally:
        wedge.close()


@asynccontextmanager
async def typing_into(shop: Shop, wedge: SimulatedWedge):  # type: ignore[no-untyped-def]
    task = asyncio.create_task(WedgeTyping(shop.agent.till, lambda: wedge).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
