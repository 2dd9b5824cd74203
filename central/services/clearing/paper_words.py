"""Words of printed statements, in the group's languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_LANGUAGES: Final = ("fr", "de", "it", "en", "zh")
_WORDS: Final[Mapping[str, tuple[str, str, str, str, str]]] = MappingProxyType(
    {
        "settlement": ("Décompte", "Abrechnung", "Conteggio", "Settlement", "结算单"),
        "association_statement": (
            "Décompte de l'association", "Abrechnung des Vereins", "Conteggio dell'associazione",
            "Statement of the association", "社团结算单",
        ),
        "clearing": (
            "Compensation", "Verrechnung", "Compensazione", "Clearing", "清算",
        ),
        "liability": (
            "Valeurs en circulation", "Ausstehende Werte", "Valori in circolazione",
            "Outstanding value", "未偿负债",
        ),
        "month": ("Mois", "Monat", "Mese", "Month", "月份"),
        "open": (
            "provisoire : le mois n'est pas clos", "vorläufig: der Monat ist nicht abgeschlossen",
            "provvisorio: il mese non è chiuso", "provisional: the month is not closed", "暂定：本月尚未结账",
        ),
        "closed": ("mois clos", "Monat abgeschlossen", "mese chiuso", "month closed", "已结账"),
        "tax_number": ("N° TVA", "MWST-Nr.", "N. IVA", "VAT number", "税号"),
        "account": ("Compte", "Konto", "Conto", "Account", "账户"),
        "reference": ("Référence", "Referenz", "Riferimento", "Reference", "附言"),
        "lines": ("Lignes de tickets", "Belegzeilen", "Righe di scontrino", "Ticket lines", "小票行数"),
        "tickets": ("Tickets", "Belege", "Scontrini", "Tickets", "小票"),
        "owed": ("Montant dû", "Geschuldet", "Importo dovuto", "Amount owed", "应付金额"),
        "by_rule": ("Par opération", "Nach Aktion", "Per operazione", "By rule", "按活动"),
        "rule": ("Opération", "Aktion", "Operazione", "Rule", "活动"),
        "version": ("Version", "Version", "Versione", "Version", "版本"),
        "what": ("Nature", "Art", "Natura", "What", "类别"),
        "units": ("Unités", "Stück", "Unità", "Units", "数量"),
        "points": ("Points", "Punkte", "Punti", "Points", "积分"),
        "to_get": ("Montant à recevoir", "Guthaben", "Importo da ricevere", "Amount to get", "应收金额"),
        "by_party": (
            "À verser, par partie (moins : à recevoir)", "Zu zahlen, nach Partei (minus: zu erhalten)",
            "Da versare, per parte (meno: da ricevere)", "To be paid, by party (minus: to get)",
            "按对方应付（负数为应收）",
        ),
        "other_dues": ("Autres montants", "Weitere Posten", "Altri importi", "Other dues", "其他款项"),
        "party": ("Partie", "Partei", "Parte", "Party", "当事方"),
        "by_tax": ("Par taux de TVA", "Nach Steuersatz", "Per aliquota IVA", "By tax rate", "按税率"),
        "rate": ("Taux", "Satz", "Aliquota", "Rate", "税率"),
        "tax_in": ("TVA comprise", "enthaltene Steuer", "IVA compresa", "Tax in it", "其中税额"),
        "unknown": ("non connu", "nicht bekannt", "non noto", "not known", "未知"),
        "unvalued": ("non évalué", "nicht bewertet", "non valutato", "not valued", "未估值"),
        "total": ("Total", "Total", "Totale", "Total", "合计"),
        "detail": ("Détail", "Einzelheiten", "Dettaglio", "Detail", "明细"),
        "day": ("Date", "Datum", "Data", "Date", "日期"),
        "shop": ("Pharmacie", "Apotheke", "Farmacia", "Shop", "门店"),
        "article": ("Article", "Artikel", "Articolo", "Article", "商品"),
        "payer": ("Payeur", "Zahler", "Pagante", "Payer", "付款方"),
        "turnover": ("CA compté", "Gezählter Umsatz", "Fatturato contato", "Turnover counted", "计入营业额"),
        "share": ("Part", "Anteil", "Quota", "Share", "分成"),
        "donated": ("Points donnés", "Gespendete Punkte", "Punti donati", "Points given", "捐赠积分"),
        "worth": ("Valeur", "Wert", "Valore", "Worth", "价值"),
        "before": ("Report", "Vortrag", "Riporto", "Brought forward", "上期结转"),
        "due": ("Dû", "Fällig", "Dovuto", "Due", "应付"),
        "by_rate": ("Part de chaque pharmacie, par taux", "Anteil jeder Apotheke, nach Satz",
                    "Quota di ogni farmacia, per aliquota", "Share of each shop, by rate",
                    "各门店按比例的分成"),
        "by_payer": ("À recevoir, par payeur", "Zu erhalten, nach Zahler", "Da ricevere, per pagante",
                     "To be paid, by payer", "按付款方应收"),
        "paid_on": ("Versé le", "Ausbezahlt am", "Versato il", "Paid on", "付款日期"),
        "half_up": (
            "Part : CA compté × taux, arrondie au centime une fois par pharmacie et taux.",
            "Anteil: gezählter Umsatz × Satz, einmal je Apotheke und Satz auf Rappen oder Cent gerundet.",
            "Quota: fatturato contato × aliquota, arrotondata una volta per farmacia e aliquota.",
            "Share: turnover counted × rate, rounded to the minor unit once for each shop and rate.",
            "分成：计入营业额 × 比例，每店每比例舍入一次。",
        ),
        "paid": ("Versé", "Ausbezahlt", "Versato", "Paid", "已付"),
        "dues": (
            "Créances du mois", "Forderungen des Monats", "Crediti del mese", "Dues of the month", "本月债权",
        ),
        "debtor": ("Doit", "Schuldet", "Deve", "Owes", "债务方"),
        "creditor": ("À", "An", "A", "To", "债权方"),
        "entries": ("Écritures", "Buchungen", "Registrazioni", "Entries", "笔数"),
        "nets": ("À payer après compensation", "Zu zahlen nach Verrechnung",
                 "Da pagare dopo compensazione",
                 "To be paid after netting", "冲抵后应付"),
        "positions": ("Soldes", "Salden", "Saldi", "Positions", "净额"),
        "net": ("Solde", "Saldo", "Saldo", "Net", "净额"),
        "out": (
            "Encore en circulation", "Noch im Umlauf", "Ancora in circolazione", "Still out", "未使用余额",
        ),
        "asset": ("Valeur", "Wert", "Valore", "Asset", "资产"),
        "amount": ("Montant", "Betrag", "Importo", "Amount", "金额"),
        "dated": ("Dont avec échéance", "davon befristet", "Di cui con scadenza", "With an end",
                  "其中有期限"),
        "expires": ("Perte attendue", "Erwarteter Verfall", "Scadenza attesa", "Expected breakage",
                    "预计失效比例"),
        "gift_card": ("Cartes cadeaux", "Geschenkkarten", "Carte regalo", "Gift cards", "礼品卡"),
        "prize": ("Lots gagnés", "Gewinnkarten", "Premi", "Prizes", "奖品卡"),
        "forward": ("Payé d'avance pour autrui", "Für andere bezahlt", "Pagato per altri",
                    "Paid forward", "代付善款"),
        "purse": ("Porte-monnaie", "Guthaben", "Borsellini", "Purses", "电子钱包"),
        "meal_vouchers": ("Titres-restaurant", "Essensgutscheine", "Buoni pasto", "Meal vouchers", "餐券"),
        "hours": ("Heures vendues d'avance", "Vorausverkaufte Stunden", "Ore vendute in anticipo",
                  "Hours sold ahead", "预售小时"),
        "service_of": ("Service", "Leistung", "Servizio", "Service", "服务"),
        "nothing": ("Rien ce mois.", "Nichts in diesem Monat.", "Nulla questo mese.", "Nothing this month.",
                    "本月无记录。"),
        "page": ("Page {page} sur {pages}", "Seite {page} von {pages}", "Pagina {page} di {pages}",
                 "Page {page} of {pages}", "第 {page} 页，共 {pages} 页"),
        "discount": ("Remise", "Rabatt", "Sconto", "Discount", "折扣"),
        "voucher": ("Bon", "Gutschein", "Buono", "Voucher", "代金券"),
        "points_spent": ("Points utilisés", "Eingelöste Punkte", "Punti usati", "Points spent", "已用积分"),
        "stored_value": ("Cartes, lots, avoirs", "Karten, Gewinne, Guthaben", "Carte, premi, borsellini",
                         "Cards, prizes, purses", "储值"),
        "service": ("Services vendus d'avance", "Vorausverkaufte Leistungen", "Servizi venduti in anticipo",
                    "Services sold ahead", "预售服务"),
        "association_share": ("Part d'association", "Vereinsanteil", "Quota associazione",
                              "Association's share", "社团分成"),
        "donation": ("Don de points", "Punktespende", "Dono di punti", "Donation", "积分捐赠"),
        "group": ("Groupe", "Gruppe", "Gruppo", "Group", "集团"),
        "privacy": (
            "Aucune ligne ne nomme un client ou un ticket. Le jour manque où une pharmacie a peu de tickets.",
            "Keine Zeile nennt Kunden oder Belege. Der Tag fehlt, wo eine Apotheke wenige Belege hat.",
            "Nessuna riga nomina clienti o scontrini. Il giorno manca dove una farmacia ha pochi scontrini.",
            "No line names a customer or a ticket. The day is left out where a shop has few tickets.",
            "明细不含顾客或小票信息；小票较少的门店不显示日期。",
        ),
        "breakage": (
            "Perte attendue : de ce qui a une échéance, la part perdue des postes échus du même genre ; non"
            " connue s'ils sont moins de cent. Ce qui n'a pas d'échéance n'en a pas.",
            "Erwarteter Verfall: von dem, was befristet ist, der verfallene Anteil früherer Posten derselben"
            " Art; bei weniger als hundert nicht bekannt. Unbefristetes verfällt nicht.",
            "Scadenza attesa: di ciò che ha una scadenza, la quota persa delle poste scadute dello"
            " stesso genere; non nota sotto cento. Ciò che non ha scadenza non scade.",
            "Expected breakage: of what has an end, the share that expired of ended lots of the same kind;"
            " not known with fewer than a hundred. What has no end does not expire.",
            "预计失效比例：有期限部分按同类已到期批次的失效比例计算；不足一百批时未知。无期限者不失效。",
        ),
    }
)  # fmt: skip


def say(name: str, language: str) -> str:
    """A word; English for a language we do not have."""
    return _WORDS[name][_LANGUAGES.index(language) if language in _LANGUAGES else _LANGUAGES.index("en")]


def says(name: str, language: str) -> str:
    """A word for what the clearing names, or that name itself."""
    return say(name, language) if name in _WORDS else name


_MONTHS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "en": "January February March April May June July August September October November December",
    }
)
_COUNTRIES: Final[Mapping[str, tuple[str, str, str, str, str]]] = MappingProxyType(
    {
        "CH": ("Suisse", "Schweiz", "Svizzera", "Switzerland", "瑞士"),
        "FR": ("France", "Frankreich", "Francia", "France", "法国"),
        "DE": ("Allemagne", "Deutschland", "Germania", "Germany", "德国"),
        "IT": ("Italie", "Italien", "Italia", "Italy", "意大利"),
        "CN": ("Chine", "China", "Cina", "China", "中国"),
        "AT": ("Autriche", "Österreich", "Austria", "Austria", "奥地利"),
        "LI": ("Liechtenstein", "Liechtenstein", "Liechtenstein", "Liechtenstein", "列支敦士登"),
        "BE": ("Belgique", "Belgien", "Belgio", "Belgium", "比利时"),
        "LU": ("Luxembourg", "Luxemburg", "Lussemburgo", "Luxembourg", "卢森堡"),
    }
)


def month_name(month: str, language: str) -> str:
    """A month (YYYY-MM) as people write it, such as octobre 2026."""
    year, number = month.split("-")
    if language == "zh":
        return f"{year}年{int(number)}月"
    names = _MONTHS.get(language, _MONTHS["en"]).split()
    return f"{names[int(number) - 1]} {year}"


def country_name(country: str, language: str) -> str:
    """A country in words, or its code where we have no word for it."""
    names = _COUNTRIES.get(country)
    place = _LANGUAGES.index(language) if language in _LANGUAGES else _LANGUAGES.index("en")
    return names[place] if names else country
