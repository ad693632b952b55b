"""Who asks: the address that limits go by."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network


class Visitors:
    """Puts the visitor's own address where everything behind it, Gradio included, looks for the client's.

    X-Forwarded-For is believed from the right, as long as the hop that wrote an entry is a trusted proxy: what stands
    left of the first stranger, that stranger wrote himself.
    """

    def __init__(self, app: ASGIApp, proxies: Sequence[Network]) -> None:
        self.app = app
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            peer = scope["client"][0] if scope.get("client") else ""
            forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
            scope = {**scope, "client": (visitor(peer, forwarded, self.proxies), 0)}
        await self.app(scope, receive, send)


def visitor(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The nearest address that is no trusted proxy; of IPv6 the /64, which is what one household has."""
    hops = [part.strip() for part in forwarded.split(",") if part.strip()]
    nearest = peer
    while hops and _trusted(nearest, proxies):
        before = _address(hops.pop())
        if before is None:
            break
        nearest = str(before)
    address = _address(nearest)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address or "unknown")


def _trusted(address: str, proxies: Sequence[Network]) -> bool:
    known = _address(address)
    return known is not None and any(known in network for network in proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    if text.count(":") == 1:  # an IPv4 address with its port, as some proxies write it
        text = text.partition(":")[0]
    try:
        address = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
