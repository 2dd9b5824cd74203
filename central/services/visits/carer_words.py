"""What a member is told when somebody begins, or ends, to act for them: each short enough for an SMS.

No name stands in it: whoever reads a telephone over somebody's shoulder learns nothing of the other person.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from central.services.visits.lost_card_words import Words

GIVEN: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "fr": Words(
            "Quelqu'un agit pour vous",
            "{group} : une carte a été remise à quelqu'un qui agit pour vous. Vous la retirez à notre borne à"
            " tout moment. Ce n'est pas vous ? Appelez la pharmacie.",
        ),
        "de": Words(
            "Jemand handelt für Sie",
            "{group}: Jemand hat eine Karte erhalten, um für Sie zu handeln. Sie nehmen sie am Bildschirm"
            " jederzeit zurück. Nicht Sie? Rufen Sie die Apotheke an.",
        ),
        "it": Words(
            "Qualcuno agisce per lei",
            "{group}: è stata data una carta a qualcuno che agisce per lei. La può ritirare al nostro totem"
            " in ogni momento. Non è stato lei? Chiami la farmacia.",
        ),
        "en": Words(
            "Somebody acts for you",
            "{group}: a card was given to somebody who acts for you. You take it back at our kiosk at any"
            " time. Was it not you? Call the pharmacy.",
        ),
        "zh": Words(
            "有人代您办理",
            "{group}：已向代您办理的人发放一张卡，您可随时在自助机收回。非本人操作？请致电药房。",
        ),
    }
)
ENDED: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "fr": Words(
            "Une carte ne vaut plus rien",
            "{group} : la carte de quelqu'un qui agissait pour vous a été retirée et ne vaut plus rien. Ce"
            " n'est pas vous ? Appelez la pharmacie.",
        ),
        "de": Words(
            "Eine Karte gilt nicht mehr",
            "{group}: Die Karte von jemandem, der für Sie handelte, wurde zurückgenommen und gilt nicht"
            " mehr. Nicht Sie? Rufen Sie die Apotheke an.",
        ),
        "it": Words(
            "Una carta non vale più",
            "{group}: la carta di qualcuno che agiva per lei è stata ritirata e non vale più. Non è stato"
            " lei? Chiami la farmacia.",
        ),
        "en": Words(
            "A card is no longer good",
            "{group}: the card of somebody who acted for you was taken back and is no longer good. Was it"
            " not you? Call the pharmacy.",
        ),
        "zh": Words(
            "一张卡已失效",
            "{group}：代您办理的人的卡已收回并失效。非本人操作？请致电药房。",
        ),
    }
)


def notice_of(words: Mapping[str, Words], language: str, *, group: str) -> Words:
    """In a language we have."""
    said = words.get(language, words["en"])
    return Words(said.subject, said.text.format(group=group))
