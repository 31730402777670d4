"""Records on their way to the graph, kept on disk: any number passes in bounded memory, and a stopped run goes on."""
