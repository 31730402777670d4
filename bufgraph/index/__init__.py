"""Indexes over passages: dense, lexical and thesaurus, made together and switched at once."""
