"""The group itself: programme, shops, articles, parties, terminals that join."""
