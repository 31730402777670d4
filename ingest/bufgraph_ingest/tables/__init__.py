"""Spreadsheets that people fill in: what the columns mean, reading, writing, refusing."""
