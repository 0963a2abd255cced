"""Schemathesis against a running server: whatever its OpenAPI document allows, and what it does not."""
