"""`officine kiosk watch`: see a kiosk's screen from head office, once its staff agree."""

import asyncio
import contextlib
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
import msgspec

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.support import (
    SUPPORT_FRAME_EVERY_S,
    SUPPORT_MINUTES_MAX,
    SUPPORT_REASON_CHARS_MAX,
    SUPPORT_REASON_CHARS_MIN,
)
from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from officine.output import console, json_option, print_facts, print_json
from officine.shown import moment

if TYPE_CHECKING:
    import aiohttp

    from wire.api_support import SupportView
    from wire.looking_after import Finding

V = TypeVar("V")

DEFAULT_URL: Final = "http://127.0.0.1:8080"


class KioskNotWatched(LoyaltyError):
    """Central refuses, is away, or the look is over."""

    code = "kiosk_not_watched"
    trouble = Trouble.UNAVAILABLE
    text = "{reason}"


def _said_why(_context: click.Context, _option: click.Parameter, reason: str) -> str:
    """Raises: click.BadParameter: too short to be a reason, or longer than the kiosk shows."""
    said = " ".join(reason.split())
    if SUPPORT_REASON_CHARS_MIN <= len(said) <= SUPPORT_REASON_CHARS_MAX:
        return said
    raise click.BadParameter(
        f"the staff read it before they agree: say in {SUPPORT_REASON_CHARS_MIN} to"
        f" {SUPPORT_REASON_CHARS_MAX} characters what you want to see, such as “No paper”."
        f" This has {len(said)}."
    )


@click.command()
@click.argument("terminal_id", metavar="TERMINAL")
@click.option(
    "--reason",
    required=True,
    callback=_said_why,
    help="Why, in words: the staff read it before they agree; it is on record.",
)
@click.option(
    "--minutes",
    type=click.IntRange(1, SUPPORT_MINUTES_MAX),
    default=10,
    show_default=True,
    help="How long at most.",
)
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A token with kiosks.watch: officine token issue --role office --also kiosks.watch",
)
@click.option("--central", "url", default=DEFAULT_URL, show_default=True, help="Where central is.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the newest picture there (PNG), again and again until the look is over.",
)
@click.option("--once", is_flag=True, help="End the look after the first picture.")
@json_option
def watch(
    terminal_id: str,
    reason: str,
    minutes: int,
    token_file: Path,
    url: str,
    out: Path | None,
    *,
    once: bool,
    as_json: bool,
) -> None:
    """Ask the staff of a kiosk whether its screen may be seen, and see it until they or you end it (Ctrl-C).

    A customer's visit is never shown: a lock stands in its place. Nothing can be touched from here.

    Example: officine kiosk watch nyon-1 --reason "No paper" --token-file w.token --out screen.png
    """
    from wire.api_support import AskSupportBody

    body = AskSupportBody(
        support_id=f"support-{secrets.token_hex(12)}",
        terminal_id=terminal_id,
        reason=reason,
        minutes=minutes,
    )
    token = token_file.read_text(encoding="ascii").strip()
    last = asyncio.run(look_on(url.rstrip("/"), token, body, out, is_once=once, as_json=as_json))
    if as_json:
        print_json(msgspec.to_builtins(last))
        return
    print_facts(f"Kiosk {terminal_id}", _facts(last))


async def look_on(
    url: str, token: str, body: Any, out: Path | None, *, is_once: bool, as_json: bool
) -> "SupportView":
    """Ask, follow until it is over or (is_once) a picture came, and end it. Raises: KioskNotWatched."""
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=CENTRAL_TIMEOUT_S)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as session:
        look = _Look(session, f"{url}/api/v1/support", body.support_id, out)
        view = await look.ask(body)
        if not as_json:
            console().print(f"Asked {body.terminal_id}: a card of staff there opens the question.")
        try:
            return await look.follow(view, is_once=is_once, as_json=as_json)
        finally:
            with contextlib.suppress(KioskNotWatched):
                await look.end()


class _Look:
    """One look, over one session."""

    def __init__(
        self, session: "aiohttp.ClientSession", base: str, support_id: str, out: Path | None
    ) -> None:
        self._session = session
        self._base = base
        self._one = f"{base}/{support_id}"
        self._out = out

    async def ask(self, body: Any) -> "SupportView":
        return await self._view("POST", self._base, msgspec.json.encode(body))

    async def end(self) -> "SupportView":
        return await self._view("POST", f"{self._one}/end")

    async def follow(self, view: "SupportView", *, is_once: bool, as_json: bool) -> "SupportView":
        """Until it is over; the newest picture is written as it comes."""
        written = 0
        newest = view
        while view.state in ("asked", "granted"):
            if view.frame_number > written:
                await self._write()
                written, newest = view.frame_number, view
                if not as_json:
                    what = "a visit: a lock stands for it" if view.is_private else "the screen"
                    console().print(f"{time.strftime('%H:%M:%S')}  {what}")
                if is_once:
                    return view
            await asyncio.sleep(SUPPORT_FRAME_EVERY_S)
            view = await self._view("GET", self._one)
        return msgspec.structs.replace(view, findings=view.findings or newest.findings)

    async def _write(self) -> None:
        if self._out is None:
            return
        picture = await self._call("GET", f"{self._one}/picture")
        part = self._out.with_name(f".{self._out.name}.part")
        await asyncio.to_thread(part.write_bytes, picture)
        await asyncio.to_thread(part.replace, self._out)

    async def _view(self, method: str, url: str, data: bytes | None = None) -> "SupportView":
        from wire.api_support import SupportView

        return msgspec.json.decode(await self._call(method, url, data), type=SupportView)

    async def _call(self, method: str, url: str, data: bytes | None = None) -> bytes:
        """Raises: KioskNotWatched: with central's own words, where it has any."""
        import aiohttp

        from wire.api import Problem

        headers = {} if data is None else {"Content-Type": "application/json"}
        try:
            async with self._session.request(method, url, data=data, headers=headers) as response:
                content = await response.read()
                if response.ok:
                    return content
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise KioskNotWatched(reason=f"{self._base}: {error or 'no answer in time'}") from error
        try:
            raise KioskNotWatched(reason=msgspec.json.decode(content, type=Problem).detail)
        except msgspec.DecodeError:
            raise KioskNotWatched(reason=f"{self._base} is not central (HTTP {response.status})") from None


def _facts(view: "SupportView") -> dict[str, object]:
    facts: dict[str, object] = {
        "look": _standing(view),
        "allowed by": view.staff_id or None,
        "pictures": view.frame_number or "none came",
        "last picture": moment(view.frame_ms) if view.frame_ms else None,
    }
    for each in view.findings:
        name, said = _found(each)
        facts[name] = said
    return facts


def _standing(view: "SupportView") -> str:
    """How far the look is."""
    match view.state:
        case "asked":
            return "asked: the staff have not answered yet"
        case "granted":
            return "allowed: the staff agreed"
        case "refused":
            return "refused: the staff do not want it now"
    return "over" if view.staff_id else "over: the staff did not answer in time, or the terminal is away"


def _found(found: "Finding") -> tuple[str, str]:
    """A part of the terminal and how it is, in the words that its staff read at the kiosk."""
    from datetime import UTC, datetime

    from kiosk.locales.finding_words import name_of, said_of
    from kiosk.locales.words import words

    english = words("en")
    at = moment(found.at_ms or None) or ""
    today = datetime.now(UTC).date()
    day = english.day_of_year(datetime.fromtimestamp(found.at_ms / 1000, UTC).date(), today=today)
    said, do = said_of(english, found, at=at, day=day)
    condition = {"well": "", "absent": "", "soon": "look at it soon: ", "broken": "does not work: "}
    text = condition[found.condition] + said
    return name_of(english, found.part), f"{text}. {do}" if do else text
