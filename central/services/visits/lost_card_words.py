"""What a member is told when a card was blocked without the card: short enough for an SMS."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Words(NamedTuple):
    """Subject of a letter; the text. `{group}`, `{until}`, `{code}`."""

    subject: str
    text: str


WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "fr": Words(
            "Votre carte est bloquée",
            "{group} : votre carte est bloquée jusqu'au {until}. Le code {code} la laisse bloquée ou la"
            ' débloque, à notre borne sous "Bloquer ma carte". Ce n\'est pas vous ? Débloquez-la ainsi, ou ne'
            " faites rien.",
        ),
        "de": Words(
            "Ihre Karte ist gesperrt",
            "{group}: Ihre Karte ist bis {until} gesperrt. Mit dem Code {code} bleibt sie gesperrt oder wird"
            ' frei, an unserem Bildschirm unter "Meine Karte sperren". Nicht Sie? So entsperren, oder'
            " nichts tun.",
        ),
        "it": Words(
            "La sua carta è bloccata",
            "{group}: la sua carta è bloccata fino al {until}. Il codice {code} la lascia bloccata o la"
            ' sblocca, al nostro totem in "Bloccare la mia carta". Non è stato lei? La sblocchi così, o non'
            " faccia nulla.",
        ),
        "en": Words(
            "Your card is blocked",
            "{group}: your card is blocked until {until}. The code {code} keeps it blocked or unblocks it, at"
            ' our kiosk under "Block my card". Was it not you? Unblock it there, or do nothing.',
        ),
        "zh": Words(
            "您的会员卡已冻结",
            "{group}：您的卡已冻结至{until}。请在自助机“冻结我的卡”中输入验证码{code}，选择继续冻结或解冻。"
            "非本人操作？请用验证码解冻，或无需操作，到期自动解冻。",
        ),
    }
)


def notice_of(language: str, *, group: str, until: str, code: str) -> Words:
    """What a member is told, in a language we have."""
    words = WORDS.get(language, WORDS["en"])
    return Words(words.subject, words.text.format(group=group, until=until, code=code))
