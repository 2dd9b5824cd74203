"""espeak-ng as a process of its own; its text comes by standard input: no process list shows it."""

import asyncio
import shutil
from typing import Final

from wire.messages import Language

PROGRAM: Final = "espeak-ng"
WORDS_PER_MINUTE: Final = "150"
VOICES: Final[dict[Language, str]] = {"fr": "fr-fr", "de": "de", "it": "it", "en": "en-gb", "zh": "cmn"}


def is_installed() -> bool:
    """Whether this machine can speak."""
    return shutil.which(PROGRAM) is not None


class EspeakVoice:
    """`options` go to the program, such as the device it plays on (`-d`)."""

    def __init__(self, *options: str) -> None:
        self._options = options
        self._percent = 100
        self._speaking: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    def say(self, text: str, language: Language) -> None:
        """Say it in this language, instead of what is being said."""
        self.stop()
        self._speaking = asyncio.create_task(self._speak(text, language), name="kiosk-voice")

    def set_volume(self, percent: int) -> None:
        """See `Voice`. The program's amplitude is 100 as usual, of 200."""
        self._percent = percent

    def stop(self) -> None:
        """End the process that speaks."""
        if self._speaking is not None:
            self._speaking.cancel()
            self._ending.add(self._speaking)
            self._speaking.add_done_callback(self._ending.discard)
            self._speaking = None

    async def close(self) -> None:
        """Be silent, and wait for the processes to be gone."""
        self.stop()
        if self._ending:
            await asyncio.wait(self._ending)

    async def _speak(self, text: str, language: Language) -> None:
        process = await asyncio.create_subprocess_exec(
            PROGRAM, "-v", VOICES[language], "-s", WORDS_PER_MINUTE, "-a", str(self._percent),
            *self._options, "--stdin",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await process.communicate(text.encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
