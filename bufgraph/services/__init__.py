"""Use cases: one method each, shared by every front end."""
