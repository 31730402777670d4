"""Every identifier answers: as a page for people, as RDF for programs."""
