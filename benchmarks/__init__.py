"""Figures against baselines: ``python -m benchmarks`` measures both in one run and prints their ratio.

Each module with a ``run`` function is one benchmark; ``baselines`` holds what ours is held against. The
budgets stand beside the figures in the code and are explained in docs/performance.md.
"""
