"""Games of the demo group: one of each kind, the quiz without prizes. Facts of the quiz name who says so."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from loyalty.programme.articles import ArticleClass
from wire.api_games import GameBody, PrizeBody, QuestionBody

OPEN_DAYS: Final = 180

Texts = dict[str, str]


def _said(fr: str, de: str, it: str, en: str, zh: str) -> Texts:
    return {"fr": fr, "de": de, "it": it, "en": en, "zh": zh}


def _points(points: int, odds: int, stock: int) -> PrizeBody:
    return PrizeBody(
        prize_id=f"points{points}",
        kind="points",
        names=_said(
            f"{points} points", f"{points} Punkte", f"{points} punti", f"{points} points", f"{points} 积分"
        ),
        odds=odds,
        stock=stock,
        cost_minor=points,
        points=points,
    )


def _voucher(francs: int, odds: int, stock: int) -> PrizeBody:
    amount = f"CHF {francs}.00"
    return PrizeBody(
        prize_id=f"voucher{francs}",
        kind="voucher",
        names=_said(
            f"Bon de {amount}",
            f"Gutschein über {amount}",
            f"Buono da {amount}",
            f"Voucher of {amount}",
            f"{amount} 代金券",
        ),
        odds=odds,
        stock=stock,
        cost_minor=francs * 100,
        voucher=f"game{francs}",
        valid_days=60,
    )


_CREAM: Final = PrizeBody(
    prize_id="cream",
    kind="gift",
    names=_said("Crème pour les mains", "Handcreme", "Crema per le mani", "Hand cream", "护手霜"),
    odds=20,
    stock=150,
    cost_minor=490,
    article_class=ArticleClass.COSMETIC,
    valid_days=30,
)
_LIP_BALM: Final = PrizeBody(
    prize_id="lip_balm",
    kind="gift",
    names=_said("Baume à lèvres", "Lippenbalsam", "Balsamo per le labbra", "Lip balm", "润唇膏"),
    odds=10,
    stock=80,
    cost_minor=290,
    article_class=ArticleClass.COSMETIC,
    valid_days=30,
)

_QUESTIONS: Final = [
    QuestionBody(
        text=_said(
            "Combien de portions de fruits et de légumes par jour ?",
            "Wie viele Portionen Früchte und Gemüse pro Tag?",
            "Quante porzioni di frutta e verdura al giorno?",
            "How many portions of fruit and vegetables a day?",
            "每天应吃几份水果和蔬菜？",
        ),
        answers=[_said(*[text] * 5) for text in ("2", "5", "9")],
        right=1,
        why=_said(
            "Trois de légumes et deux de fruits, de toutes les couleurs.",
            "Drei Portionen Gemüse und zwei Früchte, in allen Farben.",
            "Tre di verdura e due di frutta, di tutti i colori.",
            "Three of vegetables and two of fruit, in all colours.",
            "三份蔬菜、两份水果，颜色要丰富。",
        ),
        source="OSAV/BLV, SSN/SGE, 2024",
    ),
    QuestionBody(
        text=_said(
            "Combien de mouvement faut-il à un adulte par semaine, au moins ?",
            "Wie viel Bewegung braucht eine erwachsene Person pro Woche mindestens?",
            "Quanto movimento serve a un adulto ogni settimana, come minimo?",
            "How much exercise does an adult need a week, at least?",
            "成年人每周至少需要多少运动？",
        ),
        answers=[
            _said(
                f"{minutes} minutes",
                f"{minutes} Minuten",
                f"{minutes} minuti",
                f"{minutes} minutes",
                f"{minutes} 分钟",
            )
            for minutes in (30, 60, 150)
        ],
        right=2,
        why=_said(
            "150 à 300 minutes d’effort modéré, par exemple une marche rapide.",
            "150 bis 300 Minuten mässige Anstrengung, zum Beispiel zügiges Gehen.",
            "Da 150 a 300 minuti di sforzo moderato, per esempio camminare a passo svelto.",
            "150 to 300 minutes of moderate effort, such as a brisk walk.",
            "150 至 300 分钟的中等强度运动，例如快走。",
        ),
        source="OMS/WHO, 2020",
    ),
    QuestionBody(
        text=_said(
            "Que boire pour se désaltérer ?",
            "Was löscht den Durst am besten?",
            "Che cosa bere per dissetarsi?",
            "What quenches thirst best?",
            "口渴时喝什么最好？",
        ),
        answers=[
            _said("De l’eau", "Wasser", "Acqua", "Water", "水"),
            _said("Un jus de fruits", "Fruchtsaft", "Succo di frutta", "Fruit juice", "果汁"),
            _said("Un soda", "Süssgetränk", "Bibita", "Soft drink", "汽水"),
        ],
        right=0,
        why=_said(
            "Un à deux litres de boissons non sucrées par jour, de préférence de l’eau.",
            "Ein bis zwei Liter ungesüsste Getränke pro Tag, am besten Wasser.",
            "Da uno a due litri di bevande non zuccherate al giorno, meglio se acqua.",
            "One to two litres of unsweetened drinks a day, preferably water.",
            "每天喝一至两升无糖饮料，最好是水。",
        ),
        source="OSAV/BLV, SSN/SGE, 2024",
    ),
]


def demo_games(now_ms: int) -> dict[str, GameBody]:
    """The games by id, open from the day of `now_ms` on."""
    first = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    days: dict[str, Any] = {
        "countries": ["CH"],
        "first_day": first.isoformat(),
        "last_day": (first + timedelta(days=OPEN_DAYS)).isoformat(),
    }
    return {
        "autumn_wheel": GameBody(
            kind="wheel",
            names=_said("La grande roue", "Das Glücksrad", "La grande ruota", "The big wheel", "幸运大转盘"),
            plays_per_day=2,
            out_of=200,
            prizes=[_points(20, 60, 5_000), _CREAM, _voucher(5, 10, 200), _points(200, 4, 200)],
            fallback_id="points20",
            budget_minor=250_000,
            **days,
        ),
        "scratch_card": GameBody(
            kind="scratch",
            names=_said(
                "La carte à gratter", "Das Rubbellos", "Gratta e scopri", "The scratch card", "刮刮卡"
            ),
            plays_per_day=1,
            out_of=20,
            prizes=[_points(50, 4, 2_000), _voucher(10, 1, 60)],
            budget_minor=120_000,
            **days,
        ),
        "memory": GameBody(
            kind="memory",
            names=_said("Memory", "Memory", "Memory", "Pairs", "翻牌配对"),
            plays_per_day=1,
            out_of=100,
            prizes=[_points(10, 50, 10_000), _LIP_BALM],
            fallback_id="points10",
            budget_minor=90_000,
            **days,
        ),
        "health_quiz": GameBody(
            kind="quiz",
            names=_said(
                "Le quiz santé", "Das Gesundheitsquiz", "Il quiz della salute", "The health quiz", "健康问答"
            ),
            plays_per_day=5,
            questions=_QUESTIONS,
            **days,
        ),
    }
