"""What our own slips say, in five languages; what receipts say too is in `loyalty.printed.words`."""

from typing import Final

from loyalty.printed.words import words_in

YOUR_BALANCE: Final = words_in(
    "Votre solde", "Ihr Punktestand", "Il suo saldo", "Your balance", "您的积分余额"
)
BETWEEN: Final = words_in(
    "{low} à {high} points",
    "{low} bis {high} Punkte",
    "da {low} a {high} punti",
    "{low} to {high} points",
    "{low}至{high}分",
)
EXACT_WITH_CARD: Final = words_in(
    "Le solde exact se montre avec votre carte.",
    "Den genauen Stand zeigt Ihre Karte.",
    "Il saldo esatto si vede con la sua carta.",
    "Your card shows the exact balance.",
    "请用会员卡查询准确积分。",
)
WORTH: Final = words_in("Valeur", "Wert", "Valore", "Worth", "可抵")
TODAY: Final = words_in("Aujourd'hui", "Heute", "Oggi", "Today", "今日")
NEXT_VOUCHER: Final = words_in(
    "Prochain bon de {worth} : encore {points}",
    "Nächster Gutschein über {worth}: noch {points}",
    "Prossimo buono da {worth}: ancora {points}",
    "Next voucher of {worth}: {points} to go",
    "距下一张{worth}代金券还差{points}",
)
EXPIRING: Final = words_in(
    "{points} à utiliser jusqu'au {day}",
    "{points} einlösbar bis {day}",
    "{points} da usare entro il {day}",
    "{points} to be used by {day}",
    "{points}将于{day}到期",
)
STATEMENT: Final = words_in(
    "Relevé de points", "Punkteauszug", "Estratto punti", "Points statement", "积分对账单"
)
LAST_TICKETS: Final = words_in(
    "Derniers achats", "Letzte Einkäufe", "Ultimi acquisti", "Last purchases", "最近购物"
)
NO_TICKETS: Final = words_in(
    "Aucun achat enregistré.",
    "Noch kein Einkauf vermerkt.",
    "Nessun acquisto registrato.",
    "No purchase recorded yet.",
    "暂无购物记录。",
)
WON: Final = words_in("Gagné !", "Gewonnen!", "Vinto!", "You won!", "恭喜中奖！")
PRIZE_POINTS: Final = words_in(
    "Déjà sur votre compte.",
    "Schon auf Ihrem Konto.",
    "Già sul suo conto.",
    "Already on your account.",
    "已存入您的账户。",
)
DRAWN: Final = words_in(
    "Tirage : numéro {number} sur {all}",
    "Ziehung: Nummer {number} von {all}",
    "Estrazione: numero {number} su {all}",
    "Draw: number {number} of {all}",
    "抽取号码：{number}（共 {all}）",
)
SEAL: Final = words_in(
    "Sceau : {seal}…",
    "Siegel: {seal}…",
    "Sigillo: {seal}…",
    "Seal: {seal}…",
    "封印：{seal}…",
)
DRAW_AGAIN: Final = words_in(
    "Ce code ouvre le sceau montré avant le jeu : avec lui, chacun refait le tirage.",
    "Dieser Code öffnet das Siegel, das vor dem Spiel zu sehen war: Damit zieht jeder selbst nach.",
    "Questo codice apre il sigillo mostrato prima del gioco: con esso chiunque rifà l’estrazione.",
    "This code opens the seal that was shown before the game: with it anybody draws again.",
    "此码可打开游戏前显示的封印，任何人都能据此重新验算。",
)
PRIZE_GIFT: Final = words_in(
    "À retirer au comptoir contre ce ticket.",
    "Am Schalter gegen diesen Beleg abholen.",
    "Da ritirare al banco con questo tagliando.",
    "Collect it at the counter with this slip.",
    "请凭此小票到柜台领取。",
)
SHOW_AT_TILL: Final = words_in(
    "Montrez ce code à la caisse.",
    "Zeigen Sie diesen Code an der Kasse.",
    "Mostri questo codice alla cassa.",
    "Show this code at the till.",
    "请在收银台出示此码。",
)
KEEP_PRIVATE: Final = words_in(
    "Ce ticket vous est personnel.",
    "Dieser Beleg ist nur für Sie.",
    "Questo tagliando è personale.",
    "This slip is for you alone.",
    "此小票仅供本人使用。",
)
NO_RECEIPT: Final = words_in(
    "Ceci n'est pas une quittance.",
    "Dies ist keine Quittung.",
    "Questo non è una ricevuta.",
    "This is no receipt.",
    "此小票不作购物凭证。",
)
TOTALS: Final = words_in(
    "Totaux de la journée", "Tagestotale", "Totali della giornata", "Totals of the day", "当日合计"
)
SINCE: Final = words_in(
    "depuis le {moment}", "seit {moment}", "dal {moment}", "since {moment}", "自{moment}起"
)
NO_TOTALS: Final = words_in(
    "Aucune opération de caisse.",
    "Keine Vorgänge an den Kassen.",
    "Nessuna operazione alle casse.",
    "Nothing was done at the tills.",
    "收银台没有任何交易。",
)
ALL_TILLS: Final = words_in("Toutes les caisses", "Alle Kassen", "Tutte le casse", "All tills", "所有收银台")
TILL: Final = words_in("Caisse {till}", "Kasse {till}", "Cassa {till}", "Till {till}", "收银台{till}")
STILL_WAITING: Final = words_in(
    "{count} en attente d'envoi : leurs points manquent ici.",
    "{count} noch nicht gesendet: ihre Punkte fehlen hier.",
    "{count} in attesa d'invio: qui mancano i loro punti.",
    "{count} not sent yet: their points are missing here.",
    "有{count}笔尚未上传：此处不含其积分。",
)
KINDS: Final = {
    "Award": words_in("Tickets", "Tickets", "Scontrini", "Tickets", "小票"),
    "Debit": words_in(
        "Payé en valeur stockée",
        "Mit Guthaben bezahlt",
        "Pagato con credito",
        "Paid by stored value",
        "储值支付",
    ),
    "Credit": words_in("Chargé", "Geladen", "Caricato", "Loaded", "充值"),
    "Rebate": words_in("Remises", "Rabatte", "Sconti", "Rebates", "折扣"),
    "Redemption": words_in(
        "Points utilisés", "Punkte eingelöst", "Punti usati", "Points redeemed", "积分抵扣"
    ),
    "ReverseAward": words_in("Retours", "Rückgaben", "Resi", "Returns", "退货"),
    "ReverseDebit": words_in(
        "Paiements annulés", "Zahlungen storniert", "Pagamenti annullati", "Payments undone", "撤销支付"
    ),
    "ReverseRebate": words_in(
        "Remises annulées", "Rabatte storniert", "Sconti annullati", "Rebates undone", "撤销折扣"
    ),
    "ReverseRedemption": words_in(
        "Points rendus", "Punkte zurückgegeben", "Punti restituiti", "Points given back", "退还积分"
    ),
}
"""What tills do, by `wire.day_totals.TillAct`."""
TEST_PAGE: Final = words_in("Page d'essai", "Testseite", "Pagina di prova", "Test page", "测试页")
IF_READABLE: Final = words_in(
    "Si tout se lit et que les codes se scannent, l'imprimante est bien réglée.",
    "Ist alles lesbar und lassen sich die Codes scannen, ist der Drucker richtig eingestellt.",
    "Se tutto si legge e i codici si scansionano, la stampante è regolata bene.",
    "If all of it can be read and the codes scan, the printer is set up well.",
    "如文字清晰且条码可扫描，则打印机设置正确。",
)
IF_NOT: Final = words_in(
    "Sinon, changez printer_text ou printer_paper_mm.",
    "Sonst printer_text oder printer_paper_mm ändern.",
    "Altrimenti cambi printer_text o printer_paper_mm.",
    "If not, change printer_text or printer_paper_mm.",
    "否则请更改printer_text或printer_paper_mm。",
)
