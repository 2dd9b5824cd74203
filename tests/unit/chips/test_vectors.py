"""Every published vector of cards: SUN messages, diversified keys, the challenge of EV2First."""

import json
from typing import Any

import pytest

from central.chips import ev2first
from central.chips.diversify import diversify
from central.chips.sun import (
    ChipTap,
    open_file_data,
    parse_link,
    read_tap,
    require_genuine,
    session_file_key,
    session_mac_key,
    sun_mac,
)
from tests.shared_data import SHARED

Vector = dict[str, Any]


def vectors(kind: str) -> list[Vector]:
    """The vectors of a kind; skips the test where they are not here."""
    path = SHARED / "vectors" / "cards-and-envelope.json"
    if not path.exists():
        pytest.skip("real data are not here: vectors/cards-and-envelope.json (set OFFICINE_SHARED)")
    found: list[Vector] = json.loads(path.read_text())[kind]
    assert found
    return found


def h(text: str) -> bytes:
    return bytes.fromhex(text)


@pytest.mark.shared
def test_a_message_of_the_chip_is_read_and_its_mac_is_made_again() -> None:
    for vector in vectors("sun"):
        _check_sun(vector)


def _check_sun(vector: Vector) -> None:
    tap = ChipTap(h(vector["UID"]), vector["SDMReadCtr"])
    file_key = h(vector["SDMFileReadKey"])
    made = {
        "KSesSDMFileReadMAC": session_mac_key(file_key, tap),
        "KSesSDMFileReadENC": session_file_key(file_key, tap),
        "SDMMAC": sun_mac(file_key, tap, vector.get("MACinputASCII", vector.get("MACinput", "")).encode()),
    }
    told = {name for name in made if name in vector}
    assert told, "each vector tells at least one of them"
    assert {name: made[name].hex().upper() for name in told} == {name: vector[name] for name in told}
    for url in _links(vector):
        link = parse_link(url)
        assert read_tap(link, h(vector.get("SDMMetaReadKey", "00" * 16))) == tap
        require_genuine(link, tap, file_key)
        if "fileData" in vector:
            assert open_file_data(link, tap, file_key).decode() == vector["fileData"]
        if "fileDataHex" in vector:
            assert open_file_data(link, tap, file_key) == h(vector["fileDataHex"])


def _links(vector: Vector) -> list[str]:
    """The link as told, or put together from its parts."""
    if "url" in vector:
        return [vector["url"]]
    if "urlCtr" in vector:
        return [f"https://loy.example/t?uid={vector['UID']}&ctr={vector['urlCtr']}&c={vector['SDMMAC']}"]
    if "PICCENCData" in vector:
        data = vector["MACinputASCII"]
        return [f"https://loy.example/t?e={vector['PICCENCData']}&d={data}&c={vector['SDMMAC']}"]
    return []


@pytest.mark.shared
def test_a_card_has_a_key_of_its_own() -> None:
    for vector in vectors("an10922"):
        _check_an10922(vector)


def _check_an10922(vector: Vector) -> None:
    assert diversify(h(vector["key"]), h(vector["M"])).hex().upper() == vector["out"]


@pytest.mark.shared
def test_a_card_answers_a_fresh_challenge() -> None:
    for vector in vectors("ev2first"):
        _check_ev2first(vector)


def _check_ev2first(vector: Vector) -> None:
    challenge = ev2first.answer_challenge(
        h(vector["key"]), h(vector["RndA"]), h(vector["encRndB"]) + h("91AF")
    )
    assert challenge.random_b == h(vector["RndB"])
    assert challenge.command() == h("90AF000020") + h(vector["pcdResponse"]) + b"\0"
    session = ev2first.require_proof(challenge, h(vector["cardResponse"]) + h("9100"))
    assert session.transaction_id == h(vector["TI"])
    assert session.enc_key == h(vector["KSesAuthENC"])
    assert session.mac_key == h(vector["KSesAuthMAC"])
    if "writeFull" in vector:
        _check_command(session, vector["writeFull"])


def _check_command(session: ev2first.Session, told: Vector) -> None:
    assert ev2first.command_iv(session, 0) == h(told["IVc"])
    sealed = ev2first.seal_command(
        session, command=0x8D, counter=0, header=h(told["cmdHeader"]), plain=h(told["plain"])
    )
    assert sealed == h(told["enc"]) + h(told["mac"])
    assert ev2first.response_mac(session, status=0, counter=0) == h(told["respMac"])
