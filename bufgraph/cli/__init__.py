"""The command line: a command parses, asks one service, prints."""
