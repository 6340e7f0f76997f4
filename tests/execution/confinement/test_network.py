"""A confined process reaches nobody: no network, no names, no service of the machine."""

import socket
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the sandbox is Linux's", allow_module_level=True)

from .confining import error_of


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, 40])
@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_there_is_no_network(child, family, kind):
    """No socket but a Unix one can be made."""
    assert "EPERM" == child(lambda: error_of(socket.socket, family, kind))


def test_there_is_no_name_service(child):
    """A name has no address."""

    def ask():
        try:
            return socket.getaddrinfo("example.org", 80)
        except socket.gaierror:
            return "none"

    assert "none" == child(ask)


def test_no_datagrams_by_path(child):
    """A datagram names its receiver where no filter can look."""
    assert "EPERM" == child(lambda: error_of(socket.socket, socket.AF_UNIX, socket.SOCK_DGRAM))
    assert "EPERM" == child(lambda: error_of(socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM))


@pytest.mark.parametrize("address", ["\0grader-test-service", "/tmp/grader-test-service"])
def test_services_of_the_machine_cannot_be_reached(child, address):
    """Neither by an abstract name nor by a path that anyone may connect to."""
    Path("/tmp/grader-test-service").unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(address)
        service.listen()
        if address.startswith("/"):
            Path(address).chmod(0o777)

        def call():
            with socket.socket(socket.AF_UNIX) as client:
                return error_of(client.connect, address)

        assert child(call) in ("EPERM", "ENOENT", "ECONNREFUSED", "EACCES")
    Path("/tmp/grader-test-service").unlink(missing_ok=True)
