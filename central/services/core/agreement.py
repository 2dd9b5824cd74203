"""Nobody becomes a member, or is known by a card, without being asked."""

from loyalty.errors import LoyaltyError


class AgreementNeeded(LoyaltyError):
    """Nobody becomes a member without being asked."""

    code = "agreement_needed"
    text = "Ask whether the person agrees to take part, and send agreed: true."
