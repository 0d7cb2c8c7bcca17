"""Where the site listens, and whether it may."""

import contextlib
import errno
import socket
from collections.abc import Iterator

from civic.launcher.talk import Trouble
from civic.lib import env


def listening_at() -> tuple[str, int]:
    """HOST and PORT. Raises `Trouble` when they make no sense."""
    port = env.number("PORT", 8000, least=1)
    if port > 65535:
        raise Trouble(f"PORT={port} is no port: take one from 1024 to 65535.")
    return env.text("HOST", "127.0.0.1"), port


@contextlib.contextmanager
def claimed(host: str, port: int) -> Iterator[None]:
    """Nobody else gets the port meanwhile, but for programs of ours. Raises `Trouble` when it is not to be had.

    The web server shares its port among processes (SO_REUSEPORT), so a second site would be let in as well, and answer
    every other request. What we hold is bound with that option but does not listen: ours join, others are refused.
    """
    check_free(host, port)
    family, kind, address = resolved(host, port)
    with socket.socket(family, kind) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with contextlib.suppress(OSError):  # a connection of the last site still fades away: then go without
            held.bind(address)
        yield


def check_free(host: str, port: int) -> None:
    """Raises `Trouble` unless we may listen there."""
    family, kind, address = resolved(host, port)
    with socket.socket(family, kind) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was closed a moment ago is free
        try:
            tried.bind(address)
            tried.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Trouble(f"port {port} is taken. Another one: PORT={another(port)} bin/run") from None
            if error.errno == errno.EACCES:
                raise Trouble(f"only root may use port {port}. Another one: PORT=8001 bin/run") from None
            raise no_address(host, error) from None


def resolved(host: str, port: int) -> tuple[socket.AddressFamily, socket.SocketKind, tuple]:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise no_address(host, error) from None
    return family, kind, address


def another(port: int) -> int:
    return port + 1 if port < 65535 else 8001


def no_address(host: str, error: OSError) -> Trouble:
    return Trouble(f"HOST={host} is no address of this machine ({error.strerror}).")


def reachable(host: str) -> str:
    """An address that leads to a server listening on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
