"""Points moved by people, not by tickets; and the ledger kept and proved."""
