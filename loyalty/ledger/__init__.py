"""Everything of value: assets, chart of accounts, postings, lots, reversal."""
