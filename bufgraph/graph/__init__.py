"""The graph: a small port, its adapters, the codec between records and RDF, and the guard for foreign SPARQL."""
