"""One file per source; all yield :class:`bufgraph_ingest.port.RawRecord`."""
