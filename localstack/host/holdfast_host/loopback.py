"""Keeps LocalStack's server off the network.

Its web server takes the port of GATEWAY_LISTEN and ignores the address, so it listens on every interface
of the machine. Anybody who can reach it can upload a Lambda, which here runs as a plain process of yours.
"""

from localstack.runtime import hooks

LOOPBACK = "127.0.0.1"


@hooks.on_infra_start(priority=100)
def listen_on_loopback_only():
    from localstack.runtime.server import twisted

    original = twisted.endpoints.TCP4ServerEndpoint

    def on_loopback(reactor, port, backlog=50, interface=LOOPBACK):
        return original(reactor, port, backlog, interface)

    twisted.endpoints.TCP4ServerEndpoint = on_loopback
