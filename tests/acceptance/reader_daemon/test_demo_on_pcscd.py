"""`officine demo --reader pcsc`: the demo as anybody starts it, a card in a virtual reader (C-03, C-32)."""

import asyncio
import json
import os
import signal
import sys
import tomllib
from pathlib import Path

from tests.pcscd import IN_TURN, own_pcscd
from tools.screen_viewer import ScreenViewer

pytestmark = IN_TURN

SHOWN_WITHIN_S = 60
PORTS = ("--desk-port", "0", "--central-port", "0", "--nexo-port", "0")


async def test_the_printed_command_puts_a_members_card_into_the_demo(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with own_pcscd(tmp_path / "pcscd.log"):
        demo = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "officine.main", "demo", "--reader", "pcsc", "--json", *PORTS,
            "--state", str(state), stdout=asyncio.subprocess.PIPE, start_new_session=True,
            env={name: value for name, value in os.environ.items() if name != "DISPLAY"},
        )  # fmt: skip
        assert demo.stdout is not None
        try:
            async with asyncio.timeout(90):
                told = json.loads(await demo.stdout.readuntil(b"}"))
            assert told["pcscd"] == "runs"
            written = tomllib.loads(await asyncio.to_thread((state / "officine.toml").read_text))
            async with await ScreenViewer.open(Path(written["kiosk"]["live_screen_socket"])) as viewer:
                await viewer.wait_for(lambda head: head.screen == "attract", deadline_s=SHOWN_WITHIN_S)
                command = told["Virtual card"].partition("   ")[0].split()
                assert command[0] == ".venv/bin/python"  # as docs/reader.md writes it
                card = await asyncio.create_subprocess_exec(
                    sys.executable, *command[1:], stdout=asyncio.subprocess.DEVNULL
                )
                try:
                    frame = await viewer.wait_for(
                        lambda head: head.screen == "member", deadline_s=SHOWN_WITHIN_S
                    )
                finally:  # a card that stays in the reader fails every test of it that follows
                    if card.returncode is None:
                        card.send_signal(signal.SIGINT)
                    status = await card.wait()
                assert status == 0
                await viewer.wait_for(lambda head: head.screen == "attract", deadline_s=SHOWN_WITHIN_S)
            assert told["Virtual card"].endswith(f"({frame.texts[0]})")
        finally:
            if demo.returncode is None:
                os.killpg(demo.pid, signal.SIGTERM)
            assert await demo.wait() == 0
