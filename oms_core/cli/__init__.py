"""What a person types: ``oms run``, ``oms db``, ``oms generate``, and what plugins add."""
