"""The command that serves."""

import errno
import socket

import click

from bufgraph.errors import ConflictError, MisconfiguredError
from bufgraph.settings import load_settings


@click.command()
@click.option("--host", help="Address to listen on; default 127.0.0.1.")
@click.option("--port", type=int, help="Port to listen on; default 8000.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the page, the API and the SPARQL endpoint until stopped; a new build is taken up while it runs."""
    import uvicorn

    from bufgraph_api.reloading import FollowingApp

    settings = load_settings(host=host, port=port)
    listener = listen(settings.host, settings.port)
    with listener:
        app = FollowingApp(settings)
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        click.echo(f"bufgraph serves on http://{shown}:{settings.port}/  (Ctrl+C stops it)", err=True)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Take the port before the build is loaded, so that a taken one is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sets TCP_NODELAY only then; without it every answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as err:
        listener.close()
        if err.errno == errno.EADDRINUSE:
            raise ConflictError(
                f"port {port} on {host} is in use; stop the other program or choose another, e.g. --port {port + 1}",
                port=port,
            ) from err
        raise MisconfiguredError(f"cannot listen on {host} port {port}: {err}", host=host, port=port) from err
    return listener
