"""Encoders: text to vectors of unit length."""
