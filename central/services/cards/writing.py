"""Writing a chip card: what to send next, from what the card answered; a card torn away is finished later.

The keys never leave central: commands go out sealed for this one card. Key 0 opens the chip and is changed
last, so that a half-written card still opens with the maker's key; which keys are new, their versions tell.
"""

import secrets
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from central.chips import ntag424
from central.chips.ev2first import Session, answer_challenge, first_command, require_proof
from central.chips.ntag424 import CardLink
from central.chips.sun import UID_BYTES, CardMessageInvalid, parse_link, read_tap, require_genuine
from central.services.cards.card_keys import KEY_BYTES, CardKeys
from loyalty.errors import LoyaltyError, Trouble

_SETTINGS_AT: Final = 1
_SDM_BIT: Final = 0x40
_URI_AT: Final = 7


class CardNotBlank(LoyaltyError):
    """A card that is not ours to write, or not any more."""

    code = "card_not_blank"
    trouble = Trouble.CONFLICT
    text = "This card cannot be written: {reason}."


class CardNotWritten(LoyaltyError):
    """The card left or failed in the middle; it can be finished."""

    code = "card_not_written"
    trouble = Trouble.UNAVAILABLE
    text = (
        "The card was not written to the end ({reason}). Put the same card back: it goes on where it stopped."
    )


class Outcome(StrEnum):
    """What became of a card."""

    WRITTEN = "written"
    FINISHED = "finished"
    """It was begun before, and torn away."""
    ALREADY = "already"
    """It was written before, with keys in use."""


@dataclass(frozen=True, slots=True)
class Written:
    """A card that carries a version of keys and its link. `uid`: upper-case hex."""

    uid: str
    version: int
    outcome: Outcome


Talk = Generator[list[bytes], list[bytes], Written]
"""Yields commands, is sent the answers, ends with what was written. Fewer answers than commands: a break."""


def write_card(keys: Sequence[CardKeys], link: CardLink) -> Talk:
    """Write a card with the newest of `keys`, or with those it was begun with (newest first, not empty).

    Raises: CardNotBlank; CardNotWritten: the card may be put back.
    """
    uid, versions, settings = yield from _look(link)
    target = _target(keys, versions)
    if versions[0] != ntag424.FACTORY_VERSION:
        yield from _open(target.key(0, uid), [])
        yield from _check(target, uid)
        return Written(uid.hex().upper(), target.version, Outcome.ALREADY)
    is_begun = any(versions) or bool(settings)
    before = [] if settings else [ntag424.SELECT_NDEF_FILE, ntag424.write_file(link.file())]
    session = yield from _open(ntag424.FACTORY_KEY, before)
    yield from _write(session, target, uid, versions, None if settings else link)
    yield from _check(target, uid)
    return Written(uid.hex().upper(), target.version, Outcome.FINISHED if is_begun else Outcome.WRITTEN)


def _look(link: CardLink) -> Generator[list[bytes], list[bytes], tuple[bytes, list[int], bytes]]:
    """The card's UID, the versions of its keys, and our settings of its file where it has them already."""
    ask_versions = [ntag424.get_key_version(number) for number in ntag424.KEY_NUMBERS]
    asked = [ntag424.GET_UID, ntag424.SELECT_APPLICATION, *ask_versions, ntag424.GET_FILE_SETTINGS]
    answers = yield asked
    _require_all(asked, answers)
    uid = answers[0][:-2]
    if len(uid) != UID_BYTES or any(len(answer) != 3 for answer in answers[2:7]):
        raise CardNotBlank(reason="it is no NTAG 424 DNA")
    versions = [answer[0] for answer in answers[2:7]]
    # FileType, FileOption, AccessRights (2), FileSize (3), then SDM's own where FileOption says so.
    told = answers[7][:-2]
    if len(told) < 7:
        raise CardNotBlank(reason="it is no NTAG 424 DNA")
    if not told[_SETTINGS_AT] & _SDM_BIT:
        return uid, versions, b""
    ours = link.settings()
    if told[1:4] + told[7:] != ours and not versions[0]:
        raise CardNotBlank(reason="it was prepared for another link. Take a blank card")
    return uid, versions, ours


def _target(keys: Sequence[CardKeys], versions: Sequence[int]) -> CardKeys:
    """The keys that the card gets, or has. Raises: CardNotBlank."""
    seen = {version for version in versions if version != ntag424.FACTORY_VERSION}
    if not seen:
        return keys[0]
    known = [each for each in keys if seen == {each.version}]
    if not known:
        raise CardNotBlank(reason="its keys are of no version in use here. Take a blank card")
    return known[0]


def _open(key: bytes, before: list[bytes]) -> Generator[list[bytes], list[bytes], Session]:
    """Authenticate with key 0, after some plain commands."""
    asked = [*before, first_command(0)]
    answers = yield asked
    if len(answers) != len(asked):
        raise CardNotWritten(reason="it was taken away")
    if any(answer[-2:] not in (ntag424.OK, b"\x91\xaf") for answer in answers):
        raise CardNotBlank(reason="it does not take what a blank card takes")
    challenge = answer_challenge(key, secrets.token_bytes(KEY_BYTES), answers[-1])
    answers = yield [challenge.command()]
    if len(answers) != 1:
        raise CardNotWritten(reason="it was taken away")
    if answers[0][-2:] == b"\x91\xae":
        raise CardNotBlank(reason="its key 0 is not the one it should be. Take a blank card")
    return require_proof(challenge, answers[0])


def _write(
    session: Session, target: CardKeys, uid: bytes, versions: Sequence[int], link: CardLink | None
) -> Generator[list[bytes], list[bytes], None]:
    """Settings where they are missing, then the keys that are still the maker's, key 0 last."""
    commands = [] if link is None else [ntag424.change_file_settings(session, 0, link.settings())]
    todo = [number for number in (1, 2, 3, 4, 0) if versions[number] == ntag424.FACTORY_VERSION]
    for number in todo:
        commands.append(
            ntag424.change_key(
                session,
                len(commands),
                key_no=number,
                new=target.key(number, uid),
                old=ntag424.FACTORY_KEY,
                version=target.version,
                is_own=number == 0,
            )
        )
    answers = yield commands
    for counter, answer in enumerate(answers):
        is_last = counter == len(commands) - 1
        if not ntag424.is_done(session, counter, answer, is_last=is_last):
            raise CardNotWritten(reason=f"it answered {answer[-2:].hex().upper()} to command {counter + 1}")
    if len(answers) != len(commands):
        raise CardNotWritten(reason="it was taken away")


def _check(target: CardKeys, uid: bytes) -> Generator[list[bytes], list[bytes], None]:
    """Read the card as a telephone does: its link must be genuine."""
    asked = [
        ntag424.SELECT_APPLICATION,
        ntag424.SELECT_NDEF_FILE,
        ntag424.read_file(0, 0),
    ]
    answers = yield asked
    _require_all(asked, answers)
    content = answers[2][:-2]
    length = int.from_bytes(content[:2])
    try:
        told = parse_link("https://" + content[_URI_AT : 2 + length].decode("ascii", errors="replace"))
        tap = read_tap(told, target.meta)
        require_genuine(told, tap, target.file_key(uid))
    except CardMessageInvalid as error:
        raise CardNotWritten(reason="its link is not signed as it should be") from error
    if tap.uid != uid:
        raise CardNotWritten(reason="its link names another chip")


def _require_all(asked: Sequence[bytes], answers: Sequence[bytes]) -> None:
    if len(answers) == len(asked) and all(answer[-2:] in (ntag424.OK, ntag424.DONE) for answer in answers):
        return
    is_refused = bool(answers) and answers[-1][-2:] not in (ntag424.OK, ntag424.DONE)
    if is_refused:
        raise CardNotBlank(reason="it is no NTAG 424 DNA")
    raise CardNotWritten(reason="it was taken away")
