"""The campaign: real processes on a real database and a real broker, killed in every way, then judged.

``python -m tests.chaos`` runs a leg of it and adds what happened to a ledger; see docs/chaos.md.
"""
