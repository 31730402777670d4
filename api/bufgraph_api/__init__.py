"""The web: REST, SPARQL and server-rendered pages over one opened build."""
