"""One module per screen: draws a state, reports its touch targets."""
