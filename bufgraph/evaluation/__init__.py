"""Search quality: topics with graded judgments, measures by the field's own tools, runs side by side."""
