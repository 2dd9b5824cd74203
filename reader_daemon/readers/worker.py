"""A driver whose library blocks: it runs in one thread of its own and speaks to the sink on the event loop.

Never a library's own monitor thread: pyscard's ends without a word when pcscd does (pyscard 82). The thread
waits for each answer of the loop, so nothing queues up, and it lives for as long as the daemon does.
"""

import asyncio
import contextlib
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent import futures
from dataclasses import dataclass
from typing import TypeVar

import structlog

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.readers import CARD_TALK_ANSWER_S, READER_COMMAND_S
from reader_daemon.cards.evidence import EvidenceError
from reader_daemon.readers.base import CANNOT_TALK, ReaderFault, Sink, State, Talk, Talked
from reader_daemon.recovery import UNPLUG, Action, Recovery, failed, opened, wait_s
from wire.messages import Evidence

log = structlog.get_logger(__name__)

T = TypeVar("T")

STOP_WITHIN_S = 5


class ReaderFailedError(LoyaltyError):
    """A reader cannot be opened, or stopped answering; the driver's recovery goes on by itself."""

    code = "reader_failed"
    trouble = Trouble.UNAVAILABLE
    text = "{reason}"

    def __init__(self, *, reason: str, fault: ReaderFault, cure: str = UNPLUG) -> None:
        """`cure`: what a person does about it, said once help is asked for; `fault`: the reason as a word."""
        super().__init__(reason=reason)
        self.fault: ReaderFault = fault
        self.cure = cure


class _StopError(Exception):
    """The daemon ends: unwinds the thread from wherever it is."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """What a driver may run to revive its reader: commands as lists of words; empty where there is none."""

    restart_service: Sequence[str] = ()
    power_cycle: Sequence[str] = ()

    def command(self, action: Action) -> Sequence[str]:
        """The command of an action; empty when nothing is to be run."""
        return {"restart_service": self.restart_service, "power_cycle": self.power_cycle}.get(action, ())

    @property
    def possible(self) -> frozenset[Action]:
        """Actions that have a command."""
        every: tuple[Action, ...] = ("restart_service", "power_cycle")
        return frozenset(action for action in every if self.command(action))


class Worker:
    """The thread's side: the sink's verbs, to be called from the thread only."""

    def __init__(
        self, sink: Sink, loop: asyncio.AbstractEventLoop, means: Means, *, is_cheap: bool = False
    ) -> None:
        self._sink = sink
        self._is_cheap = is_cheap
        self._loop = loop
        self._means = means
        self._recovery = Recovery()
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._talks: queue.SimpleQueue[tuple[Talk, futures.Future[Talked]]] = queue.SimpleQueue()
        self.proved_s = time.monotonic()

    # Called from the loop

    def talk(self, talk: Talk) -> "futures.Future[Talked]":
        """Have the thread carry a talk; cancel the answer when nobody waits for it any more."""
        answer: futures.Future[Talked] = futures.Future()
        self._talks.put((talk, answer))
        return answer

    def stop(self) -> None:
        """End the thread at its next step."""
        self._stop.set()
        self._wake.set()

    def hurry(self) -> None:
        """End a wait between two tries."""
        self._wake.set()

    # Called from the thread

    def go_on(self) -> None:
        """The reader was really asked just now; ends the thread when the daemon ends."""
        self.proved_s = time.monotonic()
        if self._stop.is_set():
            raise _StopError

    def carry_talks(self, carry: Callable[[Talk], Talked], wait_s: float) -> bool:
        """Carry what waits, and wait so long for it; whether there was any. `carry` tells of trouble."""
        try:
            talk, answer = self._talks.get(timeout=wait_s) if wait_s else self._talks.get_nowait()
        except queue.Empty:
            return False
        if not answer.set_running_or_notify_cancel():
            return True  # given up meanwhile: the card hears nothing of it
        try:
            answer.set_result(carry(talk))
        except BaseException as error:
            answer.set_result(Talked(trouble="card_gone"))
            raise error
        return True

    def ready(self, reader: str, detail: str = "", fault: ReaderFault | None = None) -> None:
        """The reader is open and answers."""
        self._recovery = opened(self._recovery, time.monotonic())
        self._on_loop(lambda: self._sink.state_changed("ready", detail, reader=reader, fault=fault))

    def presented(
        self, evidence: Evidence, uid: str = "", *, seen_s: float | None = None, reader: str = ""
    ) -> str | None:
        """The new tap's id; None when the evidence cannot be a card (said to the person).

        seen_s: when the card was there, on the monotonic clock.
        """
        took_ms = 0 if seen_s is None else max(1, round((time.monotonic() - seen_s) * 1000))

        def present() -> str | None:
            try:
                return self._sink.presented(evidence, uid, took_ms=took_ms, reader=reader)
            except EvidenceError as error:
                self._sink.unread(str(error))
                return None

        return self._on_loop(present)

    def removed(self, tap_id: str) -> None:
        """See `Sink.removed`."""
        self._on_loop(lambda: self._sink.removed(tap_id))

    def unread(self, error: LoyaltyError) -> None:
        """See `Sink.unread`."""
        log.info("card_unread", code=error.code)
        self._on_loop(lambda: self._sink.unread(str(error)))

    def run(self, use: Callable[["Worker"], None]) -> None:
        """Open and use the reader until the daemon ends; after a failure take the ladder's next step."""
        with contextlib.suppress(_StopError):
            while True:
                try:
                    use(self)
                except ReaderFailedError as error:
                    self._recover(error)

    def _recover(self, error: ReaderFailedError) -> None:
        self._recovery, rung = failed(self._recovery, time.monotonic(), self._means.possible)
        state: State = "needs_help" if rung.action == "ask_for_help" else "lost"
        words = error.cure if rung.action == "ask_for_help" else rung.text
        tries = self._recovery.tries
        # Asking for help goes on for days: the first, second, fourth, eighth ... try is in the log.
        if rung.action != "ask_for_help" or not tries & (tries - 1):
            log.warning("reader_failed", reason=str(error), action=rung.action, tries=tries)
        self._on_loop(lambda: self._sink.state_changed(state, f"{error}; {words}", fault=error.fault))
        command = self._means.command(rung.action)
        if command:
            self._run_command(command)
        self._wake.wait(wait_s(rung, is_cheap=self._is_cheap))
        self._wake.clear()
        self.go_on()

    def _run_command(self, command: Sequence[str]) -> None:
        try:
            done = subprocess.run(  # noqa: S603  (from the settings file)
                list(command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=READER_COMMAND_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("reader_command_failed", command=command[0], reason=str(error))
            return
        words = done.stderr.decode(errors="replace").strip()[-200:]
        log.info("reader_command_ran", command=command[0], exit_status=done.returncode, said=words)

    def _on_loop(self, call: Callable[[], T]) -> T:
        """Run on the event loop and wait for it: what comes while the loop is busy waits here, unqueued."""
        answer: futures.Future[T] = futures.Future()

        def run() -> None:
            try:
                answer.set_result(call())
            except Exception as error:  # the boundary between the threads: raised again in the other one
                answer.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        result = answer.result()
        self.go_on()
        return result


class ThreadDriver:
    """A driver that is one thread around `use`; subclasses say how to open and poll their reader."""

    may_talk = False
    is_cheap_to_open = False
    """Whether opening is no more than asking a service on this machine."""

    def __init__(self, name: str, means: Means) -> None:
        self.name = name
        self._means = means
        self._worker: Worker | None = None

    @property
    def proved_s(self) -> float | None:
        """See `Driver.proved_s`."""
        return None if self._worker is None else self._worker.proved_s

    def hurry(self) -> None:
        """See `Driver.hurry`."""
        if self._worker is not None:
            self._worker.hurry()

    async def talk(self, talk: Talk) -> Talked:
        """See `Driver.talk`. A driver whose thread looks for talks sets `may_talk`."""
        if self._worker is None or not self.may_talk:
            return CANNOT_TALK
        try:
            async with asyncio.timeout(CARD_TALK_ANSWER_S):
                return await asyncio.wrap_future(self._worker.talk(talk))
        except TimeoutError:
            return Talked(trouble="too_slow")

    def use(self, worker: Worker) -> None:
        """Open the reader, say ready, report what it sees; never returns. Closes the reader on the way out.

        Raises: ReaderFailedError: it cannot be opened or stopped answering.
        """
        raise NotImplementedError

    async def run(self, sink: Sink) -> None:
        """See `Driver.run`."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        worker = self._worker = Worker(sink, loop, self._means, is_cheap=self.is_cheap_to_open)

        def end(error: BaseException | None) -> None:
            if ended.done():
                return
            if error is None:
                ended.set_result(None)
            else:
                ended.set_exception(error)

        def work() -> None:
            error: BaseException | None = None
            try:
                worker.run(self.use)
            except BaseException as raised:  # shown by the daemon, which ends
                error = raised
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                loop.call_soon_threadsafe(end, error)

        # daemon: a library that hangs in the kernel must not keep the process from ending.
        threading.Thread(target=work, name=f"reader-{self.name}", daemon=True).start()
        try:
            await asyncio.shield(ended)
        finally:
            worker.stop()
            done, _ = await asyncio.wait({ended}, timeout=STOP_WITHIN_S)
            if not done:
                log.warning("reader_thread_hangs", reader=self.name)
