"""What central writes to somebody who asked for it at a screen, in the language of that screen."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from central.services.members.messages import MessageText

_CODE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "fr": (
            "Votre code : {code}",
            "{name} : votre code est {code}. Saisissez-le sur la borne dans les {minutes} minutes."
            " Vous n’avez rien demandé ? Ignorez ce message.",
        ),
        "de": (
            "Ihr Code: {code}",
            "{name}: Ihr Code ist {code}. Geben Sie ihn innert {minutes} Minuten am Bildschirm ein."
            " Nichts verlangt? Dann beachten Sie diese Nachricht nicht.",
        ),
        "it": (
            "Il suo codice: {code}",
            "{name}: il suo codice è {code}. Lo digiti sullo schermo entro {minutes} minuti."
            " Non ha chiesto nulla? Ignori questo messaggio.",
        ),
        "en": (
            "Your code: {code}",
            "{name}: your code is {code}. Type it on the screen within {minutes} minutes."
            " You asked for nothing? Ignore this message.",
        ),
        "zh": (
            "您的验证码：{code}",
            "{name}：验证码{code}，请在{minutes}分钟内在屏幕上输入。如非本人操作，请忽略。",
        ),
    }
)
FALLBACK: Final = "fr"


def code_text(language: str, *, name: str, code: str, minutes: int, address: str) -> MessageText:
    """The message that carries a code to an address. name: of the group."""
    subject, text = _CODE.get(language, _CODE[FALLBACK])
    return MessageText(
        subject.format(code=code), text.format(name=name, code=code, minutes=minutes), address=address
    )
