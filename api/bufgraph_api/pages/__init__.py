"""Server-rendered pages, complete without JavaScript."""
