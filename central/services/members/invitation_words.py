"""What is mailed to somebody who gave an e-mail address alone, in five languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

Kind = Literal["kiosk", "counter", "already"]
"""Joined at the kiosk, or at the counter; or a member has the address already."""
FALLBACK: Final = "fr"

_MAILS: Final[Mapping[str, Mapping[Kind, tuple[str, str]]]] = MappingProxyType(
    {
        "fr": {
            "kiosk": (
                "{name} : encore une étape",
                "Bonjour,\n\n"
                "Vous avez donné cette adresse à notre borne pour participer au programme de {name}."
                " Complétez vos données ici, en une minute :\n\n{link}\n\n"
                "Le lien sert une fois, pendant {days} jours. Sans lui rien n’est activé, et ensuite"
                " l’adresse est oubliée.\n\nVous n’avez rien demandé ? Ignorez ce message.",
            ),
            "counter": (
                "{name} : encore une étape",
                "Bonjour,\n\n"
                "Au comptoir, vous avez demandé à participer au programme de {name}."
                " Complétez vos données ici, en une minute, et votre carte est validée :\n\n{link}\n\n"
                "Le lien sert une fois, pendant {days} jours. Ensuite, adressez-vous au comptoir.\n\n"
                "Vous n’avez rien demandé ? Ignorez ce message.",
            ),
            "already": (
                "{name} : vous participez déjà",
                "Bonjour,\n\n"
                "Cette adresse a été donnée à une borne de {name} pour participer au programme. Vous"
                " participez déjà : rien n’a changé, votre carte et vos points sont les vôtres.\n\n"
                "Vous aviez une nouvelle carte en main ? Apportez-la au comptoir : ses points y seront réunis"
                " aux vôtres.\n\nCe n’était pas vous ? Vous n’avez rien à faire.",
            ),
        },
        "de": {
            "kiosk": (
                "{name}: noch ein Schritt",
                "Guten Tag\n\n"
                "Sie haben diese Adresse an unserem Bildschirm angegeben, um beim Programm von {name}"
                " mitzumachen. Ergänzen Sie hier Ihre Angaben, es dauert eine Minute:\n\n{link}\n\n"
                "Der Link gilt einmal und {days} Tage. Ohne ihn wird nichts freigegeben, danach wird die"
                " Adresse vergessen.\n\nNichts verlangt? Dann beachten Sie diese Nachricht nicht.",
            ),
            "counter": (
                "{name}: noch ein Schritt",
                "Guten Tag\n\n"
                "Sie haben sich in der Apotheke für das Programm von {name} angemeldet. Ergänzen Sie hier"
                " Ihre Angaben, es dauert eine Minute, und Ihre Karte ist freigegeben:\n\n{link}\n\n"
                "Der Link gilt einmal und {days} Tage. Danach hilft Ihnen die Apotheke.\n\n"
                "Nichts verlangt? Dann beachten Sie diese Nachricht nicht.",
            ),
            "already": (
                "{name}: Sie machen schon mit",
                "Guten Tag\n\n"
                "Diese Adresse wurde an einem Bildschirm von {name} angegeben, um beim Programm mitzumachen."
                " Sie machen schon mit: Nichts hat sich geändert, Karte und Punkte sind die Ihren.\n\n"
                "Sie hatten eine neue Karte in der Hand? Bringen Sie sie in die Apotheke: Ihre Punkte kommen"
                " dort zusammen.\n\nDas waren nicht Sie? Sie müssen nichts tun.",
            ),
        },
        "it": {
            "kiosk": (
                "{name}: ancora un passo",
                "Buongiorno,\n\n"
                "Ha indicato questo indirizzo al nostro totem per partecipare al programma di {name}."
                " Completi qui i suoi dati, basta un minuto:\n\n{link}\n\n"
                "Il link vale una volta, per {days} giorni. Senza di esso nulla è attivato, e poi l’indirizzo"
                " viene dimenticato.\n\nNon ha chiesto nulla? Ignori questo messaggio.",
            ),
            "counter": (
                "{name}: ancora un passo",
                "Buongiorno,\n\n"
                "Al banco ha chiesto di partecipare al programma di {name}. Completi qui i suoi dati, basta"
                " un minuto, e la sua carta è attivata:\n\n{link}\n\n"
                "Il link vale una volta, per {days} giorni. Poi si rivolga al banco.\n\n"
                "Non ha chiesto nulla? Ignori questo messaggio.",
            ),
            "already": (
                "{name}: lei partecipa già",
                "Buongiorno,\n\n"
                "Questo indirizzo è stato indicato a un totem di {name} per partecipare al programma. Lei"
                " partecipa già: nulla è cambiato, la carta e i punti sono suoi.\n\n"
                "Aveva in mano una nuova carta? La porti al banco: i suoi punti saranno riuniti.\n\n"
                "Non era lei? Non deve fare nulla.",
            ),
        },
        "en": {
            "kiosk": (
                "{name}: one more step",
                "Hello,\n\n"
                "You gave this address at our kiosk to take part in the programme of {name}."
                " Complete your details here, it takes a minute:\n\n{link}\n\n"
                "The link works once, for {days} days. Without it nothing is activated, and then the address"
                " is forgotten.\n\nYou asked for nothing? Ignore this message.",
            ),
            "counter": (
                "{name}: one more step",
                "Hello,\n\n"
                "At the counter you asked to take part in the programme of {name}. Complete your details"
                " here, it takes a minute, and your card is activated:\n\n{link}\n\n"
                "The link works once, for {days} days. After that, please ask at the counter.\n\n"
                "You asked for nothing? Ignore this message.",
            ),
            "already": (
                "{name}: you take part already",
                "Hello,\n\n"
                "This address was given at a kiosk of {name} to take part in the programme. You take part"
                " already: nothing has changed, your card and your points are yours.\n\n"
                "You had a new card in your hand? Bring it to the counter: its points are joined to yours"
                " there.\n\nIt was not you? There is nothing to do.",
            ),
        },
        "zh": {
            "kiosk": (
                "{name}：还差一步",
                "您好！\n\n"
                "您在我们的自助机上留下此邮箱，申请加入{name}会员计划。请点击以下链接补全资料，只需一分钟：\n\n"
                "{link}\n\n链接仅可使用一次，{days}天内有效。未使用链接前不会开通任何功能，过期后邮箱地址将被删除。"
                "\n\n如非本人操作，请忽略此邮件。",
            ),
            "counter": (
                "{name}：还差一步",
                "您好！\n\n"
                "您在药房柜台申请加入{name}会员计划。请点击以下链接补全资料，只需一分钟，会员卡即可启用：\n\n"
                "{link}\n\n链接仅可使用一次，{days}天内有效。过期后请到柜台办理。\n\n如非本人操作，请忽略此邮件。",
            ),
            "already": (
                "{name}：您已是会员",
                "您好！\n\n"
                "有人在{name}的自助机上用此邮箱申请加入会员计划。您已是会员：一切照旧，您的卡和积分不受影响。\n\n"
                "如果您当时手中有一张新卡，请带到柜台，卡上的积分将合并到您的账户。\n\n如非本人操作，无需理会。",
            ),
        },
    }
)


def mail_of(kind: Kind, language: str, *, name: str, link: str, days: int) -> tuple[str, str]:
    """Subject and text. name: of the group."""
    subject, text = _MAILS.get(language, _MAILS[FALLBACK])[kind]
    return subject.format(name=name), text.format(name=name, link=link, days=days)
