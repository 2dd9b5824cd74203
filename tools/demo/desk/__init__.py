"""The demo desk: one page on localhost with the kiosk's live screen, cards to tap, and a till."""
