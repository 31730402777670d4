"""Asking the servers of others, politely: limits, rests, a cache, and no way into the operator's own network."""
