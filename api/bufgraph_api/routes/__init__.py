"""REST routes: read the request, ask one service, shape the answer."""
