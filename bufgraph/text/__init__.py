"""Text: words to index terms, records to passages, thesaurus labels to concepts."""
