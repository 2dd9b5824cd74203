"""The JSON API's cards in phones."""

from wire.api_base import Body, Code, Id, View


class PhoneCardBody(Body, frozen=True):
    """Put a card into its member's phone. The same id for the same card is the same link again."""

    phone_card_id: Id
    card_number: Code


class PhoneCardView(View, frozen=True):
    """A card in a phone. `path`: of its page at central's public address; whoever has it has the card."""

    phone_card_id: str
    card_number: str
    path: str
    made_ms: int
    ended_ms: int | None


class PhoneCardEndBody(Body, frozen=True):
    """Whose link is to end."""

    card_number: Code


class PhoneCardEndedView(View, frozen=True):
    """No code of that link is taken any more."""

    card_number: str
    ended_ms: int
