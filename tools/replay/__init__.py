"""Replays: recorded tickets of real shops, sent through the HTTP API as a till would."""
