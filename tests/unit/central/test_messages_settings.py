"""Settings of the ways out for messages: what cannot work is refused before central starts."""

from pathlib import Path
from typing import Any

import pytest

from central.messages_settings import MessagesSettings, PasswordUnusable, outlets_of
from central.services.members.messages import Channel
from wire.settings import SettingRefused

MAIL: dict[str, Any] = {"mail_host": "smtp.example", "mail_sender": "Lac <loyalty@lac.example>"}
SMS: dict[str, Any] = {
    "sms_url": "http://127.0.0.1:13013/cgi-bin/sendsms",
    "sms_sender": "Pharmacie",
    "sms_user": "x",
}


def a_password(folder: Path, mode: int = 0o600) -> Path:
    path = folder / "password"
    path.write_text("secret\n")
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("changed", "setting"),
    [
        ({"mail_host": "smtp.example"}, "mail_sender"),
        (MAIL | {"mail_sender": "nobody"}, "mail_sender"),
        (MAIL | {"mail_user": "loyalty"}, "mail_user"),
        (MAIL | {"mail_port": 0}, "mail_port"),
        (
            MAIL | {"mail_user": "x", "mail_password_file": Path("/x"), "mail_encryption": "none"},
            "mail_encryption",
        ),
        (SMS, "sms_password_file"),
        (SMS | {"sms_password_file": Path("/x"), "sms_url": "kannel:13013"}, "sms_url"),
        (SMS | {"sms_password_file": Path("/x"), "sms_sender": "Pharmacie du Lac"}, "sms_sender"),
        (SMS | {"sms_password_file": Path("/x"), "sms_sender": "Élan"}, "sms_sender"),
    ],
)
def test_what_cannot_work_is_refused_by_name(changed: dict[str, Any], setting: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        MessagesSettings(**changed)
    assert refused.value.params["setting"] == setting


def test_only_what_is_named_is_set_up(tmp_path: Path) -> None:
    assert outlets_of(MessagesSettings()) == {}
    assert set(outlets_of(MessagesSettings(**MAIL))) == {Channel.EMAIL}
    sms = MessagesSettings(**SMS, sms_password_file=a_password(tmp_path))
    assert set(outlets_of(sms)) == {Channel.SMS}
    assert set(outlets_of(MessagesSettings(folder=tmp_path))) == set(Channel)


def test_a_password_that_others_can_read_or_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PasswordUnusable, match="chmod 600"):
        outlets_of(MessagesSettings(**SMS, sms_password_file=a_password(tmp_path, 0o644)))
    with pytest.raises(PasswordUnusable, match="cannot be read"):
        outlets_of(MessagesSettings(**SMS, sms_password_file=tmp_path / "none"))
