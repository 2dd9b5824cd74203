"""Members, cards, identification strength, compliance (country packs)."""
