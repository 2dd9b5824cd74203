"""Head office sees a kiosk's screen: staff allow it, the newest picture goes out, a cut or touch ends it."""

import asyncio
from pathlib import Path

import msgspec

from officine.commands.kiosk_watch import look_on
from tests.helpers import eventually
from tests.integration.terminal.test_terminal_looking_after import is_done, staff_there
from tests.terminal_fixture import Shop, a_terminal
from wire.api_support import AskSupportBody, SupportView
from wire.looking_after import AnswerSupport, EndSupport, ScreenPart

PNG = b"\x89PNG\r\n\x1a\n"
LOOK = "look-1"


async def watcher(shop: Shop) -> str:
    issued = await shop.central.services.access.issue_token(
        shop.central.operator, role="office", label="support", also=frozenset({"kiosks.watch"})
    )
    return issued.token


async def ask(shop: Shop, token: str) -> None:
    body = {"support_id": LOOK, "terminal_id": "t-1", "reason": "Printer silent", "minutes": 5}
    reply = await shop.central.post("support", body, token=token)
    assert reply.status == 200
    await eventually(lambda: (shown := shop.kiosk.state.support) is not None and shown.state == "asked")


async def allow(shop: Shop, session_id: str) -> None:
    shop.kiosk.send(AnswerSupport(request_id="s.1", session_id=session_id, support_id=LOOK, is_allowed=True))
    assert await is_done(shop, "s.1")
    assert shop.kiosk.state.support is not None
    assert shop.kiosk.state.support.state == "granted", "the state came before its answer"


def show(shop: Shop, number: int, picture: bytes, *, is_private: bool = False) -> None:
    """A picture in two parts, as a kiosk sends it."""
    half = len(picture) // 2
    for part, data in enumerate((picture[:half], picture[half:])):
        shop.kiosk.send(
            ScreenPart(support_id=LOOK, number=number, part=part, parts=2, is_private=is_private, data=data)
        )


async def seen(shop: Shop, token: str) -> SupportView:
    body = (await shop.central.get(f"support/{LOOK}", token=token)).body
    return SupportView(**{name: body[name] for name in ("support_id", "terminal_id", "reason", "minutes")},
                       state=body["state"], until_ms=body["until_ms"], frame_number=body["frame_number"],
                       is_private=body["is_private"], findings=tuple(body["findings"]))  # fmt: skip


async def test_staff_allow_it_and_the_newest_picture_is_seen_with_how_the_parts_are(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        token = await watcher(shop)
        await ask(shop, token)
        show(shop, 1, PNG + b"too early")
        session_id = await staff_there(shop)
        await allow(shop, session_id)
        show(shop, 2, PNG + b"first")
        show(shop, 3, PNG + b"second", is_private=True)

        async def has_come() -> bool:
            return (await seen(shop, token)).frame_number > 0

        await eventually(has_come)
        view = await seen(shop, token)
        assert view.is_private
        assert len(view.findings) == 11
        content = await shop.central.http.get(
            f"{shop.central.base_url}/api/v1/support/{LOOK}/picture",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert await content.read() == PNG + b"second", "the newest alone"
        shop.kiosk.send(EndSupport(support_id=LOOK))
        await eventually(lambda: shop.kiosk.state.support is None)

        async def is_over() -> bool:
            return (await seen(shop, token)).state == "over"

        await eventually(is_over)


async def test_a_members_card_allows_nothing_and_a_cut_ends_it(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        token = await watcher(shop)
        await ask(shop, token)
        await shop.tap_known()
        shop.kiosk.send(
            AnswerSupport(
                request_id="s.0",
                session_id=shop.kiosk.session.session_id,
                support_id=LOOK,
                is_allowed=True,
            )
        )
        assert not await is_done(shop, "s.0")
        session_id = await staff_there(shop)
        await allow(shop, session_id)
        await shop.cut()
        await eventually(lambda: shop.kiosk.state.support is None)
        await shop.mend()
        assert shop.kiosk.state.support is None, "it does not begin again by itself"


async def test_an_answer_that_did_not_reach_central_is_said_to_and_given_again(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        token = await watcher(shop)
        await ask(shop, token)
        session_id = await staff_there(shop)
        await shop.cable.cut()
        wish = AnswerSupport(request_id="s.1", session_id=session_id, support_id=LOOK, is_allowed=True)
        shop.kiosk.send(wish)
        assert not await is_done(shop, "s.1")
        assert shop.kiosk.results[-1].error == "central_unreachable"
        await shop.mend()
        await eventually(lambda: (shown := shop.kiosk.state.support) is not None and shown.state == "asked")
        shop.kiosk.send(msgspec.structs.replace(wish, request_id="s.2"))
        assert await is_done(shop, "s.2")
        assert shop.kiosk.state.support is not None
        assert shop.kiosk.state.support.state == "granted"


async def test_the_command_writes_the_newest_picture_and_ends_the_look(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        token, out = await watcher(shop), tmp_path / "screen.png"
        body = AskSupportBody(support_id=LOOK, terminal_id="t-1", reason="Printer silent")
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(
                look_on(shop.central.base_url, token, body, out, is_once=True, as_json=True)
            )
            await eventually(lambda: shop.kiosk.state.support is not None)
            await allow(shop, await staff_there(shop))
            show(shop, 1, PNG + b"here")
        view = watching.result()
        assert (view.state, view.staff_id, view.frame_number > 0) == ("granted", "s-7", True)
        assert out.read_bytes() == PNG + b"here"
        assert (await seen(shop, token)).state == "over"
