"""bufgraph: from a city's need to proven solutions, over an open graph in which every fact has a source."""

__version__ = "0.1.0"
