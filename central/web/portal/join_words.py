"""What the page of an invitation says, in five languages.

Whoever changes what is kept and why, or what is agreed to, raises `JOIN_PAGE_TEXT`: a test knows the words.
"""

from types import MappingProxyType
from typing import Final

JOIN_PAGE_TEXT: Final = "2026-11-26"

JOIN_WORDS: Final = MappingProxyType(
    {
        "fr": {
            "join_title": "Compléter vos données",
            "join_head": "Encore une étape",
            "join_address": "Adresse confirmée par ce lien : {email}",
            "join_family_name": "Nom",
            "join_family_name_why": "Pour vous saluer et retrouver votre compte.",
            "join_family_name_wrong": "Indiquez votre nom, en une ligne.",
            "join_given_name": "Prénom (facultatif)",
            "join_given_name_why": "Pour retrouver votre compte sans la carte.",
            "join_given_name_wrong": "Le prénom tient en une ligne.",
            "join_birth_date": "Date de naissance (facultatif)",
            "join_birth_date_why": "Pour votre avantage d’anniversaire, et pour bloquer une carte perdue.",
            "join_birth_date_wrong": "Indiquez un jour passé, ou laissez le champ vide.",
            "join_may_mail": (
                "Oui, écrivez-moi par e-mail : mes points, mes bons et vos offres, jamais ma santé. Je"
                " peux changer d’avis à tout moment ; mes points n’en dépendent pas."
            ),
            "join_kept": (
                "Nous ne gardons que cela, avec vos achats et vos points. Vous pouvez demander que tout"
                " soit effacé."
            ),
            "join_send": "Envoyer",
            "join_done_card": "Merci ! Votre carte est validée : vous pouvez utiliser vos points.",
            "join_done": "Merci ! Demandez votre carte au comptoir : votre adresse e-mail suffit.",
            "join_over": "Ce lien n’est plus valable. Recommencez à la borne, ou adressez-vous au comptoir.",
            "join_used": (
                "Vos données sont déjà là : il n’y a plus rien à faire. Pour les changer, adressez-vous"
                " au comptoir."
            ),
            "join_member": (
                "Vous participez déjà avec cette adresse. Apportez votre nouvelle carte au comptoir : ses"
                " points y seront réunis aux vôtres."
            ),
        },
        "de": {
            "join_title": "Angaben ergänzen",
            "join_head": "Noch ein Schritt",
            "join_address": "Durch diesen Link bestätigte Adresse: {email}",
            "join_family_name": "Name",
            "join_family_name_why": "Um Sie zu begrüssen und Ihr Konto zu finden.",
            "join_family_name_wrong": "Geben Sie Ihren Namen an, auf einer Zeile.",
            "join_given_name": "Vorname (freiwillig)",
            "join_given_name_why": "Um Ihr Konto auch ohne Karte zu finden.",
            "join_given_name_wrong": "Der Vorname passt auf eine Zeile.",
            "join_birth_date": "Geburtsdatum (freiwillig)",
            "join_birth_date_why": "Für Ihren Geburtstagsvorteil und um eine verlorene Karte zu sperren.",
            "join_birth_date_wrong": "Geben Sie einen vergangenen Tag an, oder lassen Sie das Feld leer.",
            "join_may_mail": (
                "Ja, schreiben Sie mir per E-Mail: über Punkte, Gutscheine und Angebote, nie über meine"
                " Gesundheit. Ich kann das jederzeit ändern; meine Punkte hängen nicht davon ab."
            ),
            "join_kept": (
                "Nur das bewahren wir auf, mit Ihren Einkäufen und Punkten. Sie können verlangen, dass"
                " alles gelöscht wird."
            ),
            "join_send": "Senden",
            "join_done_card": "Danke! Ihre Karte ist freigegeben: Sie können Ihre Punkte einlösen.",
            "join_done": "Danke! Verlangen Sie Ihre Karte in der Apotheke: Ihre E-Mail-Adresse genügt.",
            "join_over": (
                "Dieser Link gilt nicht mehr. Beginnen Sie am Bildschirm neu, oder fragen Sie in der"
                " Apotheke."
            ),
            "join_used": (
                "Ihre Angaben sind schon da: Es gibt nichts mehr zu tun. Ändern lassen Sie sie in der"
                " Apotheke."
            ),
            "join_member": (
                "Mit dieser Adresse machen Sie schon mit. Bringen Sie die neue Karte in die Apotheke:"
                " Ihre Punkte kommen dort zusammen."
            ),
        },
        "it": {
            "join_title": "Completare i dati",
            "join_head": "Ancora un passo",
            "join_address": "Indirizzo confermato da questo link: {email}",
            "join_family_name": "Cognome",
            "join_family_name_why": "Per salutarla e ritrovare il suo conto.",
            "join_family_name_wrong": "Indichi il suo cognome, su una riga.",
            "join_given_name": "Nome (facoltativo)",
            "join_given_name_why": "Per ritrovare il suo conto senza la carta.",
            "join_given_name_wrong": "Il nome sta su una riga.",
            "join_birth_date": "Data di nascita (facoltativa)",
            "join_birth_date_why": "Per il suo vantaggio di compleanno e per bloccare una carta persa.",
            "join_birth_date_wrong": "Indichi un giorno passato, o lasci vuoto il campo.",
            "join_may_mail": (
                "Sì, scrivetemi per e-mail: punti, buoni e offerte, mai la mia salute. Posso cambiare"
                " idea in ogni momento; i miei punti non ne dipendono."
            ),
            "join_kept": (
                "Conserviamo solo questo, con i suoi acquisti e i suoi punti. Può chiedere che tutto sia"
                " cancellato."
            ),
            "join_send": "Inviare",
            "join_done_card": "Grazie! La sua carta è attivata: può usare i suoi punti.",
            "join_done": "Grazie! Chieda la sua carta al banco: basta il suo indirizzo e-mail.",
            "join_over": "Questo link non è più valido. Ricominci al totem o si rivolga al banco.",
            "join_used": (
                "I suoi dati ci sono già: non c’è più nulla da fare. Per cambiarli si rivolga al banco."
            ),
            "join_member": (
                "Lei partecipa già con questo indirizzo. Porti la nuova carta al banco: i suoi punti"
                " saranno riuniti."
            ),
        },
        "en": {
            "join_title": "Complete your details",
            "join_head": "One more step",
            "join_address": "Address confirmed by this link: {email}",
            "join_family_name": "Family name",
            "join_family_name_why": "To greet you and to find your account.",
            "join_family_name_wrong": "Give your name, on one line.",
            "join_given_name": "Given name (optional)",
            "join_given_name_why": "To find your account without the card.",
            "join_given_name_wrong": "The given name fits on one line.",
            "join_birth_date": "Date of birth (optional)",
            "join_birth_date_why": "For your birthday benefit, and to block a lost card.",
            "join_birth_date_wrong": "Give a day in the past, or leave the field empty.",
            "join_may_mail": (
                "Yes, write to me by e-mail: my points, my vouchers and your offers, never my health. I"
                " may change my mind at any time; my points do not depend on it."
            ),
            "join_kept": (
                "We keep this alone, with your purchases and points. You may ask for all of it to be erased."
            ),
            "join_send": "Send",
            "join_done_card": "Thank you! Your card is activated: you can use your points.",
            "join_done": "Thank you! Ask for your card at the counter: your e-mail address is enough.",
            "join_over": "This link is over. Begin again at the kiosk, or ask at the counter.",
            "join_used": (
                "Your details are here already: there is nothing left to do. To change them, ask at the"
                " counter."
            ),
            "join_member": (
                "You take part already with this address. Bring the new card to the counter: its points"
                " are joined to yours there."
            ),
        },
        "zh": {
            "join_title": "补全资料",
            "join_head": "还差一步",
            "join_address": "此链接已确认邮箱：{email}",
            "join_family_name": "姓",
            "join_family_name_why": "用于问候您和查找您的账户。",
            "join_family_name_wrong": "请填写您的姓，不要换行。",
            "join_given_name": "名（选填）",
            "join_given_name_why": "用于在您没带卡时查找账户。",
            "join_given_name_wrong": "名字请写在一行内。",
            "join_birth_date": "出生日期（选填）",
            "join_birth_date_why": "用于生日优惠，以及冻结会员卡。",
            "join_birth_date_wrong": "请填写过去的日期，或留空。",
            "join_may_mail": (
                "是的，请给我发邮件：关于我的积分、代金券和活动，绝不涉及我的"
                "健康。我可随时更改，积分不受影响。"
            ),
            "join_kept": "我们只保存以上信息以及您的购物和积分记录。您可以要求全部删除。",
            "join_send": "提交",
            "join_done_card": "谢谢！您的会员卡已启用，可以使用积分了。",
            "join_done": "谢谢！请到柜台领取会员卡，报上邮箱地址即可。",
            "join_over": "此链接已失效。请在自助机上重新开始，或到柜台咨询。",
            "join_used": "您的资料已提交，无需再操作。如需更改，请到柜台办理。",
            "join_member": "您已用此邮箱加入。请把新卡带到柜台，卡上的积分将合并到您的账户。",
        },
    }
)
