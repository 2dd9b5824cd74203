"""From a basket to a quote: basket, apportioning, quote."""
