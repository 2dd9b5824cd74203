"""Both ends of a local conversation, over real sockets."""

# ruff: noqa: ASYNC240  (a test may touch a file from its own loop)

import asyncio
import gc
import os
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from blockbuster import BlockingError

from loyalty.limits.sockets import FRAME_BYTES_MAX, PEER_CONNECTIONS_MAX, PEER_QUEUE_MAX
from tests.helpers import eventually
from wire.frames import FrameTooLongError, decode, encode
from wire.messages import (
    PROTOCOL,
    BlockCard,
    CommandResult,
    EndSession,
    FromAgent,
    FromKiosk,
    Hello,
    Message,
    ReaderState,
)
from wire.peer import Link, Peer, PeerError, Server, SocketError, connect_forever, request_once, serve
from wire.reader_control import Done, FromControl, RemoveCard, ToControl
from wire.sockets import bind_unix

TERMINAL = Hello(program="terminal", version="1.2.3")
KIOSK = Hello(program="kiosk", version="1.2.3")
FULL_STATE = CommandResult(request_id="full-state", is_done=True)


class Agent:
    """A server's callbacks that answer every `BlockCard` and keep what came."""

    def __init__(self) -> None:
        self.received: list[Message] = []

    def on_connect(self, peer: Peer) -> None:
        peer.send(FULL_STATE)

    async def on_message(self, peer: Peer, message: FromKiosk) -> None:
        self.received.append(message)
        if isinstance(message, BlockCard):
            peer.send(CommandResult(request_id=message.request_id, is_done=True))
        if isinstance(message, EndSession) and message.session_id == "bug":
            raise ValueError("a bug of the program")

    async def listen(self, path: Path, allowed_uids: frozenset[int] | None = None) -> Server:
        return await serve(
            path, TERMINAL, FromKiosk, self.on_connect, self.on_message, allowed_uids=allowed_uids
        )


class Kiosk:
    """A link's callbacks that keep what came."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.links: list[bool] = []

    async def on_message(self, message: FromAgent) -> None:
        self.received.append(message)

    def link(self, path: Path) -> Link:
        return connect_forever(path, KIOSK, FromAgent, self.on_message, self.links.append)


async def raw_peer(path: Path, hello: Hello = KIOSK) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_unix_connection(path, limit=FRAME_BYTES_MAX)
    writer.write(encode(hello))
    assert decode(await reader.readuntil(), Hello) == TERMINAL
    return reader, writer


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Read to the end; a connection cut with unread data ends in a reset, which is an end too."""
    try:
        async with asyncio.timeout(10):
            await reader.read()
    except ConnectionResetError:
        return True
    return reader.at_eof()


@pytest.fixture(autouse=True)
async def _no_error_is_left_unseen() -> AsyncIterator[None]:
    unseen: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context))
    before = asyncio.all_tasks()
    yield
    gc.collect()
    assert unseen == []
    assert asyncio.all_tasks() <= before | {asyncio.current_task()}


@pytest.fixture
def path(socket_dir: Path) -> Path:
    return socket_dir / "agent"


async def test_a_peer_gets_the_full_state_on_connect_and_answers_after_it(path: Path) -> None:
    agent, kiosk = Agent(), Kiosk()
    async with await agent.listen(path) as server, kiosk.link(path) as link:
        await eventually(lambda: link.is_up)

        assert link.send(BlockCard(request_id="r1", session_id="s1"))

        answer = CommandResult(request_id="r1", is_done=True)
        await eventually(lambda: kiosk.received == [FULL_STATE, answer])
        assert kiosk.links == [True]
        assert agent.received == [BlockCard(request_id="r1", session_id="s1")]
        assert server.connections == 1


async def test_a_broadcast_reaches_every_peer_once(path: Path) -> None:
    agent, first, second = Agent(), Kiosk(), Kiosk()
    news = CommandResult(request_id="news", is_done=False, error="x")
    async with await agent.listen(path) as server, first.link(path), second.link(path):
        await eventually(lambda: server.connections == 2)

        assert server.broadcast(news) == 2

        await eventually(lambda: first.received == second.received == [FULL_STATE, news])


async def test_a_link_comes_back_after_the_server_restarts_and_gets_the_full_state_again(path: Path) -> None:
    agent, kiosk = Agent(), Kiosk()
    server = await agent.listen(path)
    async with kiosk.link(path) as link:
        await eventually(lambda: link.is_up)
        await server.close()
        await eventually(lambda: not link.is_up)
        assert not link.send(EndSession(session_id="lost"))

        async with await agent.listen(path):
            await eventually(lambda: kiosk.received == [FULL_STATE, FULL_STATE])

            assert link.is_up
            assert kiosk.links == [True, False, True]
            assert agent.received == []


async def test_a_link_may_begin_before_its_server(path: Path) -> None:
    agent, kiosk = Agent(), Kiosk()
    async with kiosk.link(path) as link:
        assert not link.send(EndSession(session_id="s"))
        async with await agent.listen(path):
            await eventually(lambda: link.is_up)

    assert kiosk.links == [True, False]


async def test_a_peer_that_does_not_read_is_disconnected_and_holds_up_nobody(path: Path) -> None:
    agent, kiosk = Agent(), Kiosk()
    big = CommandResult(request_id="x" * 60_000, is_done=True)
    sent = 0
    async with await agent.listen(path) as server, kiosk.link(path):
        reader, writer = await raw_peer(path)
        writer.transport.pause_reading()
        await eventually(lambda: server.connections == 2)

        while server.connections == 2:
            server.broadcast(big)
            sent += 1
            # Far more than the queue, the socket and the buffers can hold.
            assert sent < 4 * PEER_QUEUE_MAX
            await eventually(lambda: len(kiosk.received) == 1 + sent)  # noqa: B023

        server.broadcast(FULL_STATE)
        await eventually(lambda: kiosk.received[-1] == FULL_STATE)
        assert len(kiosk.received) == sent + 2
        assert kiosk.links == [True]
        writer.transport.resume_reading()
        assert await is_closed(reader)
        writer.close()
    assert sent > PEER_QUEUE_MAX


@pytest.mark.parametrize(
    "line",
    [
        b"garbage\n",
        b"\n",
        b'{"kind":"agent_state"}\n',
        b'{"kind":"end_session"}\n',
        b"x" * (FRAME_BYTES_MAX + 1) + b"\n",
        b"x" * (3 * FRAME_BYTES_MAX),
        encode(KIOSK),
    ],
    ids=["garbage", "empty", "wrong-way", "member-missing", "one-too-long", "endless", "second-hello"],
)
async def test_a_bad_frame_ends_its_own_connection_only(path: Path, line: bytes) -> None:
    agent, kiosk = Agent(), Kiosk()
    async with await agent.listen(path) as server, kiosk.link(path) as link:
        reader, writer = await raw_peer(path)
        await eventually(lambda: server.connections == 2)

        writer.write(line)

        assert await is_closed(reader)
        await eventually(lambda: server.connections == 1)
        assert link.send(BlockCard(request_id="r", session_id="s"))
        await eventually(lambda: len(kiosk.received) == 2)
        assert kiosk.links == [True]
        writer.close()


async def test_a_frame_of_exactly_the_limit_is_taken(path: Path) -> None:
    agent = Agent()
    shortest = len(encode(EndSession(session_id="")))
    longest = EndSession(session_id="x" * (FRAME_BYTES_MAX - shortest))
    async with await agent.listen(path):
        _, writer = await raw_peer(path)

        writer.write(encode(longest))

        await eventually(lambda: agent.received == [longest])
        writer.close()


async def test_a_message_over_the_limit_is_refused_where_it_is_sent(path: Path) -> None:
    agent, kiosk = Agent(), Kiosk()
    too_long = EndSession(session_id="x" * FRAME_BYTES_MAX)
    async with await agent.listen(path), kiosk.link(path) as link:
        await eventually(lambda: link.is_up)

        with pytest.raises(FrameTooLongError):
            link.send(too_long)

        assert link.is_up


async def test_another_protocol_is_refused_on_both_sides(path: Path) -> None:
    agent = Agent()
    newer = Hello(program="kiosk", version="9.0.0", protocol=PROTOCOL + 1)
    async with await agent.listen(path) as server:
        reader, writer = await raw_peer(path, newer)
        assert await is_closed(reader)
        assert server.connections == 0
        writer.close()

        with pytest.raises(
            PeerError, match=rf"protocol {PROTOCOL},.* speaks {PROTOCOL + 1}: install the same release"
        ):
            await request_once(path, newer, FromAgent, EndSession(session_id="s"), answer=CommandResult)

    assert agent.received == []


async def test_who_says_no_hello_gets_no_state(path: Path) -> None:
    agent = Agent()
    async with await agent.listen(path) as server:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(encode(EndSession(session_id="s")))

        said = await reader.read()

        assert decode(said, Hello) == TERMINAL
        assert server.connections == 0
        assert agent.received == []
        writer.close()


async def test_blocking_file_work_on_the_loop_is_caught_by_the_tests(path: Path) -> None:
    with pytest.raises(BlockingError):
        bind_unix(path)[0].close()


async def test_another_uid_is_refused(path: Path) -> None:
    kiosk = Kiosk()
    async with await Agent().listen(path, frozenset({os.getuid() + 1})) as server:
        async with kiosk.link(path):
            reader, writer = await asyncio.open_unix_connection(path)

            assert await is_closed(reader)

            writer.close()
        assert server.connections == 0
    assert kiosk.links == []


async def test_an_allowed_uid_is_served(path: Path) -> None:
    kiosk = Kiosk()
    async with await Agent().listen(path, frozenset({os.getuid()})), kiosk.link(path):
        await eventually(lambda: kiosk.received == [FULL_STATE])


async def test_a_bug_in_a_handler_costs_one_connection(path: Path) -> None:
    agent, faulty, healthy = Agent(), Kiosk(), Kiosk()
    async with await agent.listen(path) as server, faulty.link(path) as link, healthy.link(path):
        await eventually(lambda: server.connections == 2)

        link.send(EndSession(session_id="bug"))

        await eventually(lambda: faulty.links == [True, False, True])
        assert healthy.links == [True]


async def test_a_bug_in_a_links_callback_does_not_end_the_link(path: Path) -> None:
    ups: list[bool] = []

    def fail_twice(is_up: bool) -> None:
        ups.append(is_up)
        if len(ups) <= 2:
            raise ValueError("a bug of the program")

    kiosk = Kiosk()
    async with (
        await Agent().listen(path),
        connect_forever(path, KIOSK, FromAgent, kiosk.on_message, fail_twice) as link,
    ):
        await eventually(lambda: kiosk.received == [FULL_STATE])
        assert link.is_up
        assert ups == [True, False, True]


async def test_connections_beyond_the_limit_are_refused(path: Path) -> None:
    async with await Agent().listen(path) as server:
        peers = [await raw_peer(path) for _ in range(PEER_CONNECTIONS_MAX)]
        await eventually(lambda: server.connections == PEER_CONNECTIONS_MAX)

        reader, writer = await asyncio.open_unix_connection(path)

        assert await is_closed(reader)
        assert server.connections == PEER_CONNECTIONS_MAX
        for _, other in [*peers, (reader, writer)]:
            other.close()


async def test_the_answers_to_a_peers_last_words_are_still_sent(path: Path) -> None:
    agent, count = Agent(), 30  # far more than the socket's buffer takes at once
    async with await agent.listen(path):
        reader, writer = await raw_peer(path)
        for number in range(count):
            writer.write(encode(BlockCard(request_id=str(number) * 20_000, session_id="s")))
        writer.write_eof()
        await eventually(lambda: len(agent.received) == count)

        async with asyncio.timeout(10):
            said = (await reader.read()).splitlines()

        answers = [decode(line, CommandResult).request_id for line in said[1:]]
        assert answers == [str(number) * 20_000 for number in range(count)]
        writer.close()


async def test_request_once_skips_what_is_no_answer(path: Path) -> None:
    lost = ReaderState(state="lost", reader="r", since_ms=1)

    async def on_message(peer: Peer, message: FromControl) -> None:
        peer.send(lost)
        peer.send(Done(tap_id="t1"))

    async with await serve(path, TERMINAL, FromControl, lambda peer: peer.send(lost), on_message):
        answer = await request_once(path, KIOSK, ToControl, RemoveCard(), answer=Done)

    assert answer == Done(tap_id="t1")


async def test_request_once_without_a_server_says_what_to_do(path: Path) -> None:
    with pytest.raises(PeerError, match=r"nobody listens there .* is the program started"):
        await request_once(path, KIOSK, FromAgent, EndSession(session_id="s"), answer=CommandResult)


async def test_request_once_gives_up_at_its_deadline(path: Path) -> None:
    async with await Agent().listen(path):
        with pytest.raises(PeerError, match="no answer within"):
            await request_once(
                path, KIOSK, FromAgent, EndSession(session_id="s"), answer=BlockCard, deadline_s=0.2
            )


async def test_the_socket_file_is_for_owner_and_group_and_goes_with_the_server(path: Path) -> None:
    async with await Agent().listen(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert stat.S_ISSOCK(path.stat().st_mode)
    assert not path.exists()


async def test_a_stale_socket_file_is_replaced(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as crashed:
        crashed.bind(str(path))
    assert path.exists()

    kiosk = Kiosk()
    async with await Agent().listen(path), kiosk.link(path):
        await eventually(lambda: kiosk.received == [FULL_STATE])


async def test_a_live_servers_socket_is_not_taken_over(path: Path) -> None:
    kiosk = Kiosk()
    async with await Agent().listen(path), kiosk.link(path) as link:
        await eventually(lambda: link.is_up)

        with pytest.raises(SocketError, match="another process serves there"):
            await Agent().listen(path)

        assert path.exists()
        assert kiosk.links == [True]


async def test_a_file_that_is_no_socket_is_left_alone(path: Path) -> None:
    path.write_text("notes")

    with pytest.raises(SocketError, match="no socket is in the way"):
        await Agent().listen(path)

    assert path.read_text() == "notes"


@pytest.mark.parametrize(
    ("name", "reason"), [("x" * 120, "longer than 107 bytes"), ("missing/agent", "its directory exists")]
)
async def test_an_unusable_path_is_explained(socket_dir: Path, name: str, reason: str) -> None:
    with pytest.raises(SocketError, match=reason):
        await Agent().listen(socket_dir / name)


async def test_an_old_server_that_closes_late_leaves_its_successors_file(path: Path) -> None:
    first = await Agent().listen(path)
    path.unlink()
    async with await Agent().listen(path):
        await first.close()

        assert path.exists()


async def test_closing_leaves_no_task_and_may_be_repeated(path: Path) -> None:
    before = asyncio.all_tasks()
    server, kiosk = await Agent().listen(path), Kiosk()
    links = [kiosk.link(path) for _ in range(3)]
    waiting = Kiosk().link(path.with_name("nobody"))
    await eventually(lambda: server.connections == 3)

    for _ in range(2):
        for link in (*links, waiting):
            await link.close()
        await server.close()

    assert asyncio.all_tasks() == before
    assert kiosk.links.count(True) == kiosk.links.count(False) == 3
