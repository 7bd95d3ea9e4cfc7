"""Which machines may be asked: those of the public web, and the person's own only on their word.

A name is resolved once, its address is judged, and the connection goes to that very address; so a
name that answers differently a moment later leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import socket

from embeddings.errors import DatelineError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(DatelineError):
    """A name has no address, or none that may be asked."""


def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """The address to connect to. Raises `AddressRefused` unless all the name's may be asked."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(
            f"{host} cannot be found; check the address and the network"
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if not addresses:
        raise AddressRefused(f"{host} has no address; check its spelling")
    for address in () if allow_private else addresses:
        if not is_public(address):
            raise AddressRefused(
                f"{host if host == address else f'{host} is at {address}, which'} is not of the "
                "public web; "
                "give --allow-private-addresses, if that is meant"
            )
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public web's, whatever it is wrapped in."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast
