"""Where a request comes from, as coarsely as fighting floods allows: an address prefix, hashed with a key."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from civic.lib.tokens import fingerprint


def client_address(request: HttpRequest) -> str:
    """The address of the caller. `X-Forwarded-For` counts only as far as `TRUSTED_PROXIES` proxies added to it."""
    direct = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return direct
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return hops[-proxies] if len(hops) >= proxies else direct


def address_prefix(address: str) -> str:
    """The /24 of an IPv4 address, the /56 of an IPv6 one: a household or an office. Nonsense gives ""."""
    try:
        ip = ip_address(address.split("%")[0])
    except ValueError:
        return ""
    if mapped := getattr(ip, "ipv4_mapped", None):
        ip = mapped
    return str(ip_network(f"{ip}/{24 if ip.version == 4 else 56}", strict=False))


def own_prefix_hashes() -> list[bytes]:
    """Those of this machine itself: of somebody who tries the site, and of everybody where a proxy on the machine is
    not among `TRUSTED_PROXIES`. They say nothing about who is near whom."""
    return [fingerprint("origin", address_prefix(address)) for address in ("127.0.0.1", "::1")]


def prefix_hash(request: HttpRequest) -> bytes:
    """16 bytes that stand for the caller's address prefix. The prefix itself is never stored."""
    return fingerprint("origin", address_prefix(client_address(request)))
