"""A shortlist as a document of two pages: its content, and one renderer for each format."""
