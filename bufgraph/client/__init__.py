"""A thin Python client for a bufgraph server: the questions over REST, and SPARQL.

It needs a server, not the data: of the rest of the package it uses nothing but the errors.
"""

from bufgraph.client.client import Client

__all__ = ["Client"]
