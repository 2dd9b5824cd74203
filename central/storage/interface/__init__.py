"""The storage interface by topic: what verbs take, give and promise. `central.storage.base` is the whole."""
