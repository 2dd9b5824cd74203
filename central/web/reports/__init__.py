"""What gateways tell of messages that they took: strangers, each with a word that central signed."""
