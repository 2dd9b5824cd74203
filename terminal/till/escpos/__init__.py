"""The agent between a till and its printer: tickets are read, and print with the member's rows (ADR 26)."""
