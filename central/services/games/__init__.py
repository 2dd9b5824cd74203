"""Games on the kiosk: published with their prizes, played, handed over (docs/games.md)."""
