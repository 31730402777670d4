"""Search: a text becomes a query, the query finds records, every hit says why."""
