"""Receipt lines in the member's language, for what central did not write: see `SaleView.receipt`."""

from types import MappingProxyType
from typing import Final

from wire.nexo.base import OutputBarcode, OutputContent, OutputText, PaymentReceipt

_LINES: Final = MappingProxyType(
    {
        "taken_back": {
            "fr": "Points repris : {points}",
            "de": "Zurückgebuchte Punkte: {points}",
            "it": "Punti stornati: {points}",
            "en": "Points taken back: {points}",
            "zh": "扣回积分：{points}",
        },
        "balance": {
            "fr": "Nouveau solde : {points} points",
            "de": "Neuer Stand: {points} Punkte",
            "it": "Nuovo saldo: {points} punti",
            "en": "New balance: {points} points",
            "zh": "最新积分：{points}",
        },
        "noted": {
            "fr": "Noté : vos points seront crédités sous peu.",
            "de": "Notiert: Ihre Punkte werden in Kürze gutgeschrieben.",
            "it": "Registrato: i punti saranno accreditati a breve.",
            "en": "Noted: your points will be credited soon.",
            "zh": "已记录，积分稍后到账。",
        },
        "told": {
            "fr": "Vous gagnez {points} points : ils seront crédités sous peu.",
            "de": "Sie erhalten {points} Punkte: sie werden in Kürze gutgeschrieben.",
            "it": "Guadagna {points} punti: saranno accreditati a breve.",
            "en": "You earn {points} points: they will be credited soon.",
            "zh": "本次积分 {points}，稍后到账。",
        },
        "return_noted": {
            "fr": "Retour noté : vos points seront ajustés sous peu.",
            "de": "Rückgabe notiert: Ihre Punkte werden in Kürze angepasst.",
            "it": "Reso registrato: i punti saranno aggiornati a breve.",
            "en": "Return noted: your points will be adjusted soon.",
            "zh": "退货已记录，积分稍后调整。",
        },
        "training": {
            "fr": "*** EXERCICE : rien n'est comptabilisé ***",
            "de": "*** ÜBUNG: nichts wird gebucht ***",
            "it": "*** ESERCITAZIONE: niente viene registrato ***",
            "en": "*** TRAINING: nothing is booked ***",
            "zh": "*** 练习模式：不作任何记账 ***",
        },
        "would_earn": {
            "fr": "Cet achat donnerait {points} points.",
            "de": "Dieser Einkauf gäbe {points} Punkte.",
            "it": "Questo acquisto darebbe {points} punti.",
            "en": "This purchase would earn {points} points.",
            "zh": "本次购物可得积分：{points}",
        },
    }
)


_PAID: Final = MappingProxyType(
    {
        "points": {
            "fr": "Payé en points : {amount}",
            "de": "Mit Punkten bezahlt: {amount}",
            "it": "Pagato con punti: {amount}",
            "en": "Paid with points: {amount}",
            "zh": "积分支付：{amount}",
        },
        "purse": {
            "fr": "Payé par porte-monnaie : {amount}",
            "de": "Mit Guthaben bezahlt: {amount}",
            "it": "Pagato con borsellino: {amount}",
            "en": "Paid from the purse: {amount}",
            "zh": "储值支付：{amount}",
        },
        "gift_card": {
            "fr": "Payé par carte cadeau : {amount}",
            "de": "Mit Geschenkkarte bezahlt: {amount}",
            "it": "Pagato con carta regalo: {amount}",
            "en": "Paid by gift card: {amount}",
            "zh": "礼品卡支付：{amount}",
        },
    }
)


def paid_line(kind: str, language: str, amount: str) -> str:
    """What points or stored value paid."""
    texts = _PAID[kind]
    return texts.get(language, texts["fr"]).format(amount=amount)


def line(name: str, language: str, points: int = 0) -> str:
    """One line; French for a language we do not have."""
    texts = _LINES[name]
    return texts.get(language, texts["fr"]).format(points=points)


def codes(payloads: list[str]) -> list[PaymentReceipt]:
    """The codes of vouchers, to be printed one after the other below the receipt."""
    return [
        PaymentReceipt(
            document_qualifier="Voucher",
            output_content=OutputContent(
                output_format="BarCode",
                output_barcode=OutputBarcode(barcode_type="QRCode", barcode_value=payload),
            ),
        )
        for payload in payloads
    ]


def receipt(lines: list[str]) -> list[PaymentReceipt]:
    """A customer receipt of plain text."""
    content = OutputContent(output_format="Text", output_text=[OutputText(text=text) for text in lines])
    return [PaymentReceipt(document_qualifier="CustomerReceipt", output_content=content)]
