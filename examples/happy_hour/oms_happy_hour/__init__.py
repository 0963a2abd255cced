"""Cheaper at the hours when nobody comes."""
