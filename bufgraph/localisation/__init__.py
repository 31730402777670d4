"""Sentences that can be told in any of our languages."""
