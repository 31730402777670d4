"""Mappings of other people's fields to ours, as data: one JSON file a source, read by ``mapping`` and applied by ``records``."""
