"""Ingest: read → clean → reconcile → SHACL gate → load. What is refused is kept with its reason."""
