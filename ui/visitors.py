"""Who asks, and at which address: whose limits count, and where the page stands for its visitor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network
FORWARDED = ("for", "proto", "host")
HEARSAY = (b"x-forwarded-", b"forwarded", b"x-real-ip", b"x-gradio-server")
"""Beginnings of headers that go no further: Gradio believes them of anybody."""
HOST = re.compile(r"(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")


class Visitors:
    """Puts the visitor's own address, and the scheme and host that he asked, where everything behind it, Gradio
    included, looks for them.

    What a proxy forwards is believed from the right, as long as the hop that wrote an entry is a trusted proxy: what
    stands left of the first stranger, that stranger wrote himself. A proxy that hands on a visitor's X-Forwarded-Host
    or -Proto without a word of its own cannot be told from one that wrote it; the README says what it has to do.
    """

    def __init__(self, app: ASGIApp, proxies: Sequence[Network]) -> None:
        self.app = app
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            peer = scope["client"][0] if scope.get("client") else ""
            told = {name: ",".join(Headers(scope=scope).getlist(f"x-forwarded-{name}")) for name in FORWARDED}
            address = visitor(peer, told["for"], self.proxies)
            headers = [(name, value) for name, value in scope["headers"] if not name.startswith(HEARSAY)]
            scheme = scope["scheme"]
            if _trusted(peer, self.proxies):
                believed = max(1, len(_hops(peer, told["for"], self.proxies)) - 1)
                if (proto := _entry(told["proto"], believed)) in ("http", "https"):
                    scheme = proto
                if _is_host(host := _entry(told["host"], believed)):
                    headers = [(b"host", host.encode()), *(pair for pair in headers if pair[0] != b"host")]
            scope = {**scope, "client": (address, 0), "scheme": scheme, "headers": headers}
        await self.app(scope, receive, send)


def visitor(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The nearest address that is no trusted proxy; of IPv6 the /64, which is what one household has."""
    address = _address(_hops(peer, forwarded, proxies)[-1])
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address or "unknown")


def origin(request: Request) -> str:
    """Scheme and host as the visitor's browser sees them. Only letters that a host may have: it is put into pages."""
    host = "".join(c for c in request.headers.get("host", "") if c.isascii() and (c.isalnum() or c in "-.:[]"))
    return f"{request.url.scheme}://{host}"


def _hops(peer: str, forwarded: str, proxies: Sequence[Network]) -> list[str]:
    """The way back from the peer through trusted proxies to the nearest address that is none."""
    entries = [part.strip() for part in forwarded.split(",") if part.strip()]
    hops = [peer]
    while entries and _trusted(hops[-1], proxies):
        before = _address(entries.pop())
        if before is None:
            break
        hops.append(str(before))
    return hops


def _entry(told: str, proxies: int) -> str:
    """What the outermost of so many proxies wrote where each has added to the list, counted as werkzeug's ProxyFix
    does; of a shorter list, which some of them wrote over or left alone, what the last of them wrote."""
    entries = told.lower().split(",")
    return entries[-proxies if len(entries) >= proxies else -1].strip()


def _is_host(text: str) -> bool:
    found = HOST.fullmatch(text)
    return found is not None and (found[1] is None or 1 <= int(found[1]) <= 65535)


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
