"""What members' pages say, in five languages."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from central.web.portal.join_words import JOIN_WORDS

_WORDS: Final = MappingProxyType(
    {
        "fr": {
            "title": "Votre carte",
            "show": "Présentez ce code au lecteur de la borne ou à la caisse.",
            "once": "Il change toutes les 30 secondes et ne sert qu'une fois.",
            "points": "points",
            "worth": "soit {worth}",
            "range": "entre {low} et {high} points",
            "expiring": "{points} points à utiliser jusqu'au {day}",
            "card": "Carte se terminant par {end}",
            "refused": "Cette carte ne peut pas être utilisée en ce moment. Adressez-vous à votre pharmacie.",
            "unknown": "Ce lien ne mène à aucune carte. Demandez-en un nouveau à votre pharmacie.",
            "used": "Ce lien a déjà servi. Approchez de nouveau la carte de votre téléphone.",
            "trouble": "La page ne peut pas être affichée pour le moment. Réessayez dans un instant.",
            "tickets": "Derniers achats",
        },
        "de": {
            "title": "Ihre Karte",
            "show": "Halten Sie diesen Code an den Leser des Terminals oder der Kasse.",
            "once": "Er wechselt alle 30 Sekunden und gilt einmal.",
            "points": "Punkte",
            "worth": "im Wert von {worth}",
            "range": "zwischen {low} und {high} Punkten",
            "expiring": "{points} Punkte, einzulösen bis {day}",
            "card": "Karte mit den letzten Ziffern {end}",
            "refused": "Diese Karte kann im Moment nicht benutzt werden. Wenden Sie sich an Ihre Apotheke.",
            "unknown": "Dieser Link führt zu keiner Karte. Verlangen Sie in der Apotheke einen neuen.",
            "used": "Dieser Link wurde schon benutzt. Halten Sie die Karte noch einmal an Ihr Telefon.",
            "trouble": "Die Seite kann gerade nicht angezeigt werden. Versuchen Sie es gleich noch einmal.",
            "tickets": "Letzte Einkäufe",
        },
        "it": {
            "title": "La sua carta",
            "show": "Mostri questo codice al lettore del terminale o alla cassa.",
            "once": "Cambia ogni 30 secondi e vale una volta sola.",
            "points": "punti",
            "worth": "pari a {worth}",
            "range": "tra {low} e {high} punti",
            "expiring": "{points} punti da usare entro il {day}",
            "card": "Carta che termina con {end}",
            "refused": "Questa carta non può essere usata al momento. Si rivolga alla sua farmacia.",
            "unknown": "Questo link non porta a nessuna carta. Ne chieda uno nuovo alla sua farmacia.",
            "used": "Questo link è già stato usato. Avvicini di nuovo la carta al telefono.",
            "trouble": "La pagina non può essere mostrata ora. Riprovi tra un istante.",
            "tickets": "Ultimi acquisti",
        },
        "en": {
            "title": "Your card",
            "show": "Hold this code to the reader of the terminal or at the till.",
            "once": "It changes every 30 seconds and works once.",
            "points": "points",
            "worth": "worth {worth}",
            "range": "between {low} and {high} points",
            "expiring": "{points} points to use by {day}",
            "card": "Card ending in {end}",
            "refused": "This card cannot be used at the moment. Please ask at your pharmacy.",
            "unknown": "This link leads to no card. Ask your pharmacy for a new one.",
            "used": "This link was used before. Hold the card to your telephone again.",
            "trouble": "The page cannot be shown right now. Try again in a moment.",
            "tickets": "Latest purchases",
        },
        "zh": {
            "title": "您的会员卡",
            "show": "请将此码对准终端机或收银台的读码器。",
            "once": "此码每30秒更换一次，仅可使用一次。",
            "points": "积分",
            "worth": "价值 {worth}",
            "range": "{low} 至 {high} 积分",
            "expiring": "{points} 积分请于 {day} 前使用",
            "card": "卡号尾数 {end}",
            "refused": "此卡目前无法使用，请向药房咨询。",
            "unknown": "此链接没有对应的会员卡，请向药房索取新链接。",
            "used": "此链接已使用过，请再次将卡靠近手机。",
            "trouble": "页面暂时无法显示，请稍后再试。",
            "tickets": "最近的购物",
        },
    }
)
NAMES: Final = MappingProxyType(
    {"fr": "Français", "de": "Deutsch", "it": "Italiano", "en": "English", "zh": "中文"}
)
_GROUPED: Final = MappingProxyType({"fr": "\u202f", "de": "’", "it": "’", "en": ",", "zh": ","})
_CODES: Final = MappingProxyType({"zh": "zh-Hans"})
FALLBACK: Final = "fr"


def say(name: str, language: str, **values: object) -> str:
    """A sentence."""
    of_language = JOIN_WORDS[language] if name.startswith("join_") else _WORDS[language]
    return of_language[name].format(**values)


def number(value: int, language: str) -> str:
    """A number as its language groups it."""
    return f"{value:,}".replace(",", _GROUPED[language])


def day(iso: str, language: str) -> str:
    """An ISO date as its language writes it."""
    year, month, date = iso.split("-")
    if language == "zh":
        return f"{year}年{int(month)}月{int(date)}日"
    return f"{date}/{month}/{year}" if language == "en" else f"{date}.{month}.{year}"


def code_of(language: str) -> str:
    """The language as HTML names it."""
    return _CODES.get(language, language)


def wanted(query: str, accepted: str, member: str, offered: Sequence[str]) -> str:
    """Which language: the one touched, the member's, the first that the browser accepts, else French."""
    known = [each for each in offered if each in _WORDS] or list(_WORDS)
    browser = [part.split(";")[0].strip()[:2].lower() for part in accepted[:200].split(",")]
    return next((each for each in (query, member, *browser) if each in known), FALLBACK)
