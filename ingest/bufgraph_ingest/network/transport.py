"""Connections to public addresses only.

A name is resolved once, every address that it has is checked, and the connection goes to a checked address itself: a
name that points elsewhere a moment later (DNS rebinding) changes nothing.
"""

import ipaddress
import socket
import ssl
from typing import Final

import anyio
import httpx

from bufgraph_ingest.network.failures import RefusedError, UnreachableError

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_MOST_ADDRESSES: Final = 4
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends a request to a checked address of its host.

    Connections are not kept: two hosts may share an address, and a connection whose certificate was checked for one of
    them is no good for the other.

    Args:
        private_hosts: Hosts whose addresses are not checked.
        authorities: Whose certificates are believed; None: those that certifi lists.
    """

    def __init__(self, private_hosts: frozenset[str], authorities: ssl.SSLContext | None = None) -> None:
        self._private_hosts = private_hosts
        self._inner = httpx.AsyncHTTPTransport(
            verify=authorities or True, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx; tries the next address where one gives no connection.

        Raises:
            RefusedError: An address of the host is not public.
            UnreachableError: The host has no address.
        """
        host = request.url.host
        failure: httpx.TransportError | None = None
        for address in (await self._addresses(request.url))[:_MOST_ADDRESSES]:
            request.extensions["sni_hostname"] = host  # the certificate is checked for the name
            asked = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,  # its Host is that of the name
                extensions=request.extensions,
            )
            try:
                return await self._inner.handle_async_request(asked)
            except (httpx.ConnectError, httpx.ConnectTimeout) as err:
                failure = err
        raise failure or UnreachableError(f"the host '{host}' has no address", host=host)

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()

    async def _addresses(self, url: httpx.URL) -> list[str]:
        try:
            found = await anyio.getaddrinfo(
                url.host, url.port or (443 if url.scheme == "https" else 80), type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError) as err:
            raise UnreachableError(
                f"the host '{url.host}' cannot be found: {err}; check the address", host=url.host
            ) from err
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if url.host not in self._private_hosts:
            for address in addresses:
                if not is_public(address):
                    raise RefusedError(
                        f"'{url.host}' has the address {address}, which is not public; an operator who wants it asked "
                        "names the host among the allowed private hosts",
                        host=url.host,
                        address=address,
                    )
        return addresses


def is_public(address: str) -> bool:
    """Tell whether everyone can reach an address; IPv4 addresses inside IPv6 ones count as themselves."""
    ip: IpAddress = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast
