"""JSON under /api/v1, OpenAPI 3.1, problem+json."""
