"""What a cashier reads when something is refused, in the till's language; English is the error's own text."""

from types import MappingProxyType
from typing import Final

_WORDS: Final = MappingProxyType(
    {
        "card_missing": {
            "fr": "Pas de carte : faites poser la carte sur le lecteur, puis recommencez.",
            "de": "Keine Karte: die Karte auf den Leser legen lassen, dann wiederholen.",
            "it": "Nessuna carta: far appoggiare la carta sul lettore, poi ripetere.",
        },
        "card_of_other_till": {
            "fr": "La carte sur le lecteur sert à une autre caisse. Faites-la retirer, puis reposer.",
            "de": "Die Karte auf dem Leser dient einer anderen Kasse. Wegnehmen lassen, neu auflegen.",
            "it": "La carta sul lettore serve a un'altra cassa. Farla togliere e appoggiare di nuovo.",
        },
        "card_came_late": {
            "fr": "Ticket passé sans carte. Ajoutez-la par la fonction « carte oubliée ».",
            "de": "Der Beleg kam ohne Karte. Die Karte über «vergessene Karte» nachtragen.",
            "it": "Scontrino senza carta. Aggiungerla con la funzione «carta dimenticata».",
        },
        "ticket_waits": {
            "fr": "Le ticket est en route vers la centrale. Réessayez dans un instant.",
            "de": "Der Beleg ist unterwegs zur Zentrale. Gleich nochmals versuchen.",
            "it": "Lo scontrino sta arrivando alla centrale. Riprovare fra un momento.",
        },
        "nobody_tapped": {
            "fr": "Personne n'a présenté de carte. Redemandez si besoin.",
            "de": "Niemand hat eine Karte hingehalten. Bei Bedarf nochmals fragen.",
            "it": "Nessuno ha presentato una carta. Chiedere di nuovo se serve.",
        },
        "aborted": {
            "fr": "La caisse a interrompu l'attente.",
            "de": "Die Kasse hat das Warten beendet.",
            "it": "La cassa ha interrotto l'attesa.",
        },
        "acquisition_running": {
            "fr": "Une autre demande attend déjà une carte. Attendez ou annulez-la.",
            "de": "Es wird schon auf eine Karte gewartet. Abwarten oder abbrechen.",
            "it": "Si attende già una carta. Attendere o annullare.",
        },
        "lease_missing": {
            "fr": "Hors connexion, les points de cette carte ne paient pas ici. Autre moyen, ou attendez.",
            "de": "Ohne Verbindung können Punkte dieser Karte hier nicht zahlen. Anders zahlen oder warten.",
            "it": "Senza rete i punti di questa carta non pagano qui. Altro mezzo, o attendere.",
        },
        "lease_too_small": {
            "fr": "Sans connexion, moins de points peuvent payer. Prenez-en moins, ou un autre moyen.",
            "de": "Ohne Verbindung können nur weniger Punkte zahlen. Weniger nehmen oder anders zahlen.",
            "it": "Senza collegamento possono pagare meno punti. Prenderne meno, o un altro mezzo.",
        },
        "lease_over": {
            "fr": "La réserve de points de cette carte est échue. Autre moyen, ou attendez la connexion.",
            "de": "Die Punktreserve dieser Karte ist abgelaufen. Anders zahlen oder warten.",
            "it": "La riserva di punti di questa carta è scaduta. Altro mezzo, o attendere la rete.",
        },
        "lease_time_unknown": {
            "fr": "Le terminal a redémarré sans connexion et ne connaît pas l'heure. Prenez un autre moyen.",
            "de": "Das Terminal wurde ohne Verbindung neu gestartet und kennt die Zeit nicht. Anders zahlen.",
            "it": "Il terminale è ripartito senza collegamento e non conosce l'ora. Usare un altro mezzo.",
        },
        "ticket_paid_offline": {
            "fr": "Des points ont payé ce ticket hors connexion. Autre moyen, ou annulez les points.",
            "de": "Punkte haben diesen Bon ohne Verbindung bezahlt. Anders zahlen, oder stornieren.",
            "it": "I punti hanno pagato questo scontrino senza rete. Altro mezzo, o stornare i punti.",
        },
        "unknown_card": {
            "fr": "Carte inconnue. Vérifiez la carte ou le numéro.",
            "de": "Karte unbekannt. Karte oder Nummer prüfen.",
            "it": "Carta sconosciuta. Controllare la carta o il numero.",
        },
        "blocked_card": {
            "fr": "Carte bloquée. Proposez une carte de remplacement.",
            "de": "Karte gesperrt. Eine Ersatzkarte anbieten.",
            "it": "Carta bloccata. Proporre una carta sostitutiva.",
        },
        "strength_too_low": {
            "fr": "Cette façon d'identifier ne suffit pas ici. Faites poser la carte sur le lecteur.",
            "de": "So erkannt geht das nicht. Die Karte auf den Leser legen lassen.",
            "it": "Questa identificazione non basta. Far appoggiare la carta sul lettore.",
        },
        "card_proof_needed": {
            "fr": "La carte doit être sur le lecteur. Faites-la poser, puis recommencez.",
            "de": "Die Karte muss auf dem Leser liegen. Auflegen lassen, dann wiederholen.",
            "it": "La carta deve essere sul lettore. Farla appoggiare, poi ripetere.",
        },
        "card_not_there": {
            "fr": "La carte n'a pas été posée à temps. Demandez-la, puis recommencez.",
            "de": "Die Karte wurde nicht rechtzeitig aufgelegt. Danach fragen, dann wiederholen.",
            "it": "La carta non è stata appoggiata in tempo. Chiederla, poi ripetere.",
        },
        "card_proof_failed": {
            "fr": "Ce n'est pas la même carte, ou elle n'est pas authentique. Faites poser la bonne carte.",
            "de": "Nicht dieselbe Karte, oder nicht echt. Die richtige Karte auflegen lassen.",
            "it": "Non è la stessa carta, o non è autentica. Far appoggiare la carta giusta.",
        },
        "central_unreachable": {
            "fr": "La centrale n'est pas joignable. Prenez un autre paiement, ou réessayez plus tard.",
            "de": "Die Zentrale ist nicht erreichbar. Anders bezahlen lassen oder später versuchen.",
            "it": "La centrale non è raggiungibile. Usare un altro pagamento o riprovare più tardi.",
        },
        "tender_not_taken": {
            "fr": "Ce moyen de paiement n'est pas pris ici. Utilisez le terminal de paiement.",
            "de": "Dieses Zahlungsmittel nimmt dieses Gerät nicht. Das Zahlterminal benutzen.",
            "it": "Questo mezzo di pagamento non è accettato qui. Usare il terminale di pagamento.",
        },
        "stored_value_too_low": {
            "fr": "Le solde ne suffit pas. Prenez moins, et le reste autrement.",
            "de": "Das Guthaben reicht nicht. Weniger nehmen, den Rest anders.",
            "it": "Il saldo non basta. Prendere meno, il resto in altro modo.",
        },
        "balance_too_low": {
            "fr": "Pas assez de points. Choisissez-en moins.",
            "de": "Zu wenig Punkte. Weniger wählen.",
            "it": "Punti insufficienti. Sceglierne meno.",
        },
        "redeeming_too_much": {
            "fr": "Ces points dépassent ce qui peut être payé en points sur ce ticket. Prenez-en moins.",
            "de": "So viel darf auf diesem Bon nicht mit Punkten bezahlt werden. Weniger nehmen.",
            "it": "Su questo scontrino non si può pagare così tanto con i punti. Prenderne meno.",
        },
        "redeeming_not_in_steps": {
            "fr": "Les points s'utilisent par paliers entiers. Choisissez un multiple.",
            "de": "Punkte werden in ganzen Schritten eingelöst. Ein Vielfaches wählen.",
            "it": "I punti si usano a scaglioni interi. Scegliere un multiplo.",
        },
        "redeeming_not_offered": {
            "fr": "Dans ce programme, on ne paie pas en points.",
            "de": "In diesem Programm wird nicht mit Punkten bezahlt.",
            "it": "In questo programma non si paga con i punti.",
        },
        "gift_card_unknown": {
            "fr": "Carte cadeau inconnue. Vérifiez le numéro.",
            "de": "Geschenkkarte unbekannt. Die Nummer prüfen.",
            "it": "Carta regalo sconosciuta. Controllare il numero.",
        },
        "gift_card_not_active": {
            "fr": "Cette carte cadeau n'a pas encore été vendue.",
            "de": "Diese Geschenkkarte ist noch nicht verkauft.",
            "it": "Questa carta regalo non è ancora stata venduta.",
        },
        "gift_card_blocked": {
            "fr": "Carte cadeau bloquée. La centrale la remplace.",
            "de": "Geschenkkarte gesperrt. Die Zentrale ersetzt sie.",
            "it": "Carta regalo bloccata. La centrale la sostituisce.",
        },
        "gift_card_sold_already": {
            "fr": "Cette carte cadeau est déjà vendue. Prenez-en une autre.",
            "de": "Diese Geschenkkarte ist schon verkauft. Eine andere nehmen.",
            "it": "Questa carta regalo è già venduta. Prenderne un'altra.",
        },
        "gift_number_missing": {
            "fr": "Le numéro de la carte cadeau manque. Scannez-la.",
            "de": "Die Nummer der Geschenkkarte fehlt. Karte scannen.",
            "it": "Manca il numero della carta regalo. Scansionarla.",
        },
        "ticket_changed": {
            "fr": "Ce ticket a déjà été annoncé autrement. Envoyez-le inchangé, ou comme nouveau ticket.",
            "de": "Dieser Bon wurde schon anders gemeldet. Unverändert senden, oder als neuen Bon.",
            "it": "Questo scontrino è già stato annunciato diversamente. Inviarlo invariato o come nuovo.",
        },
        "quote_changed": {
            "fr": "Une offre vient d'être épuisée : le prix a changé. Recommencez.",
            "de": "Ein Angebot ist eben aufgebraucht worden: der Preis ist anders. Wiederholen.",
            "it": "Un'offerta si è appena esaurita: il prezzo è cambiato. Ripetere.",
        },
        "quote_expired": {
            "fr": "Le prix annoncé n'est plus valable. Recommencez.",
            "de": "Der genannte Preis gilt nicht mehr. Wiederholen.",
            "it": "Il prezzo indicato non vale più. Ripetere.",
        },
        "reservation_replaced": {
            "fr": "Ce ticket vient de changer à la centrale. Recommencez dans un instant.",
            "de": "Dieser Beleg hat sich eben in der Zentrale geändert. Gleich wiederholen.",
            "it": "Questo scontrino è appena cambiato in centrale. Ripetere fra un momento.",
        },
        "reservation_used": {
            "fr": "Ce ticket est déjà comptabilisé. Passez la suite comme nouveau ticket.",
            "de": "Dieser Beleg ist schon verbucht. Weiteres als neuen Beleg erfassen.",
            "it": "Questo scontrino è già registrato. Il resto come nuovo scontrino.",
        },
        "ticket_booked": {
            "fr": "Ce ticket est déjà enregistré. Faites un retour.",
            "de": "Dieser Bon ist schon gebucht. Eine Rückgabe machen.",
            "it": "Questo scontrino è già registrato. Fare un reso.",
        },
        "service_id_reused": {
            "fr": "La caisse a réutilisé un numéro de message. Recommencez.",
            "de": "Die Kasse hat eine Meldungsnummer doppelt benutzt. Wiederholen.",
            "it": "La cassa ha riusato un numero di messaggio. Ripetere.",
        },
        "original_unknown": {
            "fr": "Le ticket d'origine n'est pas connu ici. Vérifiez le ticket.",
            "de": "Der ursprüngliche Bon ist hier nicht bekannt. Den Bon prüfen.",
            "it": "Lo scontrino originale non è noto qui. Controllare lo scontrino.",
        },
        "printer_missing": {
            "fr": "Ce terminal n'a pas d'imprimante. Imprimez à la caisse.",
            "de": "Dieses Gerät hat keinen Drucker. An der Kasse drucken.",
            "it": "Questo terminale non ha stampante. Stampare alla cassa.",
        },
        "printer_not_ready": {
            "fr": "L'imprimante n'est pas prête : papier, capot. Puis réimprimez.",
            "de": "Der Drucker ist nicht bereit: Papier, Deckel. Dann nochmals drucken.",
            "it": "La stampante non è pronta: carta, coperchio. Poi ristampare.",
        },
        "nobody_there": {
            "fr": "Personne n'est à la borne. Faites d'abord poser la carte.",
            "de": "Am Bildschirm steht niemand. Zuerst die Karte auflegen lassen.",
            "it": "Nessuno è allo schermo. Far prima appoggiare la carta.",
        },
        "nobody_answered": {
            "fr": "Le client n'a pas répondu. Demandez de vive voix, ou redemandez.",
            "de": "Der Kunde hat nicht geantwortet. Mündlich fragen oder nochmals fragen.",
            "it": "Il cliente non ha risposto. Chiedere a voce o di nuovo.",
        },
        "asked_already": {
            "fr": "Une question est déjà affichée. Attendez ou annulez-la.",
            "de": "Es steht schon eine Frage auf dem Bildschirm. Abwarten oder abbrechen.",
            "it": "È già visibile una domanda. Attendere o annullare.",
        },
        "ticket_too_old": {
            "fr": "Le ticket est trop ancien. Réglez l'horloge de la caisse, puis recommencez.",
            "de": "Der Bon ist zu alt. Die Uhr der Kasse stellen, dann neu beginnen.",
            "it": "Lo scontrino è troppo vecchio. Regolare l'orologio della cassa e ricominciare.",
        },
        "wrong_poiid": {
            "fr": "La caisse s'adresse à un autre terminal. Corrigez le POIID à la caisse.",
            "de": "Die Kasse meint ein anderes Gerät. Die POIID an der Kasse berichtigen.",
            "it": "La cassa si rivolge a un altro terminale. Correggere il POIID alla cassa.",
        },
        "service_not_offered": {
            "fr": "Ce service n'est pas offert par ce terminal.",
            "de": "Diesen Dienst bietet dieses Gerät nicht.",
            "it": "Questo servizio non è offerto da questo terminale.",
        },
        "too_many_tries": {
            "fr": "Trop de numéros faux. Attendez quelques minutes.",
            "de": "Zu viele falsche Nummern. Ein paar Minuten warten.",
            "it": "Troppi numeri errati. Attendere qualche minuto.",
        },
    }
)

LANGUAGES: Final = ("fr", "de", "it")


def in_language(code: str, language: str) -> str | None:
    """The sentence for an error; None where there is none: then the error's own text is told."""
    return _WORDS.get(code, {}).get(language)


def known_codes() -> frozenset[str]:
    """The errors there are words for."""
    return frozenset(_WORDS)
