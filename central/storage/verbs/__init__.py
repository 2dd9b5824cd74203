"""The verbs, written once for every engine: guards, idempotency and named SQL on a `Snapshot` or a `Unit`."""
