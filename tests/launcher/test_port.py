import socket

import pytest

from civic.launcher.port import another, check_free, claimed, reachable
from civic.launcher.talk import Trouble


@pytest.fixture
def port():
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def shared_listener(port):
    """As the web server opens it, in each of its processes."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


def test_a_claimed_port_is_refused_to_a_second_site_before_anything_listens_there(port):
    with claimed("127.0.0.1", port), pytest.raises(Trouble, match=f"port {port} is taken"):
        check_free("127.0.0.1", port)

    check_free("127.0.0.1", port)


def test_programs_of_ours_may_listen_on_a_claimed_port_and_get_every_connection(port):
    with claimed("127.0.0.1", port), shared_listener(port) as one:
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", port), timeout=2):
                one.accept()[0].close()

        with pytest.raises(Trouble, match="is taken"):
            check_free("127.0.0.1", port)


def test_a_port_is_free_again_though_a_connection_to_it_fades_away(port):
    with shared_listener(port) as listener, socket.create_connection(("127.0.0.1", port)) as reader:
        listener.accept()[0].close()  # closed by us first: it is ours that lingers
        reader.recv(1)

    with claimed("127.0.0.1", port), shared_listener(port):
        pass


def test_a_name_that_is_no_address_of_ours_is_said():
    with pytest.raises(Trouble, match="is no address of this machine"):
        check_free("nowhere.invalid", 8000)


def test_another_port_is_always_a_port():
    assert [another(8000), another(65535)] == [8001, 8001]


def test_where_to_ask_a_server_that_listens_everywhere():
    assert [reachable("::"), reachable("192.0.2.7")] == ["::1", "192.0.2.7"]
