"""Matching: cities with similar problems, proven solutions, experts. Pure: inputs in, explained results out."""
