"""What lies on the demo desk: chips that sign anew at each tap; slips and messages that leave the shop."""

import asyncio
import stat
from pathlib import Path

from central.gateways.messaging.base import Letter
from central.gateways.messaging.simulated import SimulatedOutlet
from loyalty.limits.printing import SLIP_PICTURES_KEPT_MAX
from terminal.printer.compose import Paper, composed
from terminal.printer.examples import example
from terminal.printer.simulated import Mechanism, slips_in
from tools.demo.desk.chips import ChipFile, Chips, DeskChip
from tools.demo.desk.outside import OutsideFolders

PAPER = Paper(width_mm=80)


def a_chip_file(folder: Path) -> Path:
    path = folder / "chips.json"
    chip = DeskChip(uid="04A1B2C3D4E5F6", meta_key="11" * 16, mac_key="22" * 16)
    ChipFile(chips={"m-1": chip}).save(path)
    return path


def test_each_tap_shows_another_message_also_after_the_desk_was_started_anew(tmp_path: Path) -> None:
    path = a_chip_file(tmp_path)

    async def tap() -> str:
        tapped = await Chips(path).tapped("m-1")
        assert tapped is not None
        evidence, uid = tapped
        assert (evidence.medium, uid) == ("ntag424", "04A1B2C3D4E5F6")
        return evidence.value

    assert len({asyncio.run(tap()) for _ in range(3)}) == 3
    assert ChipFile.load(path).chips["m-1"].counter == 3
    assert asyncio.run(Chips(path).tapped("m-2")) is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_slips_become_pictures_as_they_are_cut_off_and_the_oldest_go(tmp_path: Path) -> None:
    mechanism = Mechanism(folder=tmp_path / "slips")
    slip = composed(example("balance", "fr", PAPER), PAPER)
    mechanism.switches.paper_out = True
    mechanism.take(slip)
    assert slips_in(tmp_path / "slips") == [], "what waits for paper is on none"
    mechanism.new_roll()
    [first] = slips_in(tmp_path / "slips")
    assert first.read_bytes().startswith(b"\x89PNG")
    assert mechanism.sheet.tear_off() is None, "nothing of it is left on the roll"

    (tmp_path / "slips" / f"slip-{SLIP_PICTURES_KEPT_MAX:06d}.png").write_bytes(first.read_bytes())
    for number in range(2, SLIP_PICTURES_KEPT_MAX):
        (tmp_path / "slips" / f"slip-{number:06d}.png").touch()
    mechanism.take(slip)
    names = [path.name for path in slips_in(tmp_path / "slips")]
    assert len(names) == SLIP_PICTURES_KEPT_MAX
    assert (names[0], names[-1]) == ("slip-000002.png", f"slip-{SLIP_PICTURES_KEPT_MAX + 1:06d}.png")


def test_the_desk_shows_the_last_messages_and_slips_and_no_other_file(tmp_path: Path) -> None:
    folders = OutsideFolders(slips=tmp_path / "slips", messages=tmp_path / "messages")
    assert (list(folders.look().slips), list(folders.look().letters)) == ([], [])

    letter = Letter(
        message_id="code-1", address="m-1@example.org", subject="Code", text="123 456", language="fr"
    )
    asyncio.run(SimulatedOutlet(tmp_path / "messages", "email").hand_over(letter))
    (tmp_path / "messages" / "half.json").write_text('{"address": ', "utf-8")
    (tmp_path / "secret.png").write_bytes(b"x")
    [shown] = folders.look().letters
    assert (shown.address, shown.subject, shown.text) == ("m-1@example.org", "Code", "123 456")
    assert folders.slip("../secret.png") is None
