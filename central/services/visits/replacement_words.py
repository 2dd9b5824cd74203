"""What a member is told when a card is replaced at a kiosk: the code, then that it was done; each an SMS."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from central.services.visits.lost_card_words import Words

CODE: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "fr": Words(
            "Votre code pour une nouvelle carte",
            "{group} : le code {code} remplace votre carte à notre borne, pendant {minutes} minutes. Ce n'est"
            " pas vous ? Ne donnez ce code à personne, il ne se passe rien.",
        ),
        "de": Words(
            "Ihr Code für eine neue Karte",
            "{group}: Mit dem Code {code} wird Ihre Karte an unserem Bildschirm ersetzt, {minutes} Minuten"
            " lang. Nicht Sie? Geben Sie ihn niemandem, dann geschieht nichts.",
        ),
        "it": Words(
            "Il suo codice per una nuova carta",
            "{group}: il codice {code} sostituisce la sua carta al nostro totem, per {minutes} minuti. Non è"
            " stato lei? Non lo dia a nessuno, non succede nulla.",
        ),
        "en": Words(
            "Your code for a new card",
            "{group}: the code {code} replaces your card at our kiosk, for {minutes} minutes. Was it not you?"
            " Give it to nobody, and nothing happens.",
        ),
        "zh": Words(
            "您的换卡验证码",
            "{group}：验证码{code}，{minutes}分钟内可在自助机换新卡。非本人操作？请勿告诉任何人，不会有任何变化。",
        ),
    }
)
DONE: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "fr": Words(
            "Votre carte a été remplacée",
            "{group} : votre carte a été remplacée le {at} ({shop}). L'ancienne ne vaut plus rien, vos points"
            " vous restent. Ce n'est pas vous ? Appelez la pharmacie.",
        ),
        "de": Words(
            "Ihre Karte wurde ersetzt",
            "{group}: Ihre Karte wurde am {at} ersetzt ({shop}). Die alte gilt nicht mehr, Ihre Punkte"
            " bleiben Ihnen. Nicht Sie? Rufen Sie die Apotheke an.",
        ),
        "it": Words(
            "La sua carta è stata sostituita",
            "{group}: la sua carta è stata sostituita il {at} ({shop}). Quella vecchia non vale più, i suoi"
            " punti restano. Non è stato lei? Chiami la farmacia.",
        ),
        "en": Words(
            "Your card was replaced",
            "{group}: your card was replaced on {at} ({shop}). The old one is no longer good, your points"
            " stay yours. Was it not you? Call the pharmacy.",
        ),
        "zh": Words(
            "您的会员卡已更换",
            "{group}：您的卡已于{at}更换（{shop}）。旧卡已作废，积分不变。非本人操作？请致电药房。",
        ),
    }
)


def code_notice(language: str, *, group: str, code: str, minutes: int) -> Words:
    """The message with the code, in a language we have."""
    words = CODE.get(language, CODE["en"])
    return Words(words.subject, words.text.format(group=group, code=code, minutes=minutes))


def done_notice(language: str, *, group: str, at: str, shop: str) -> Words:
    """That it was done, in a language we have."""
    words = DONE.get(language, DONE["en"])
    return Words(words.subject, words.text.format(group=group, at=at, shop=shop))
