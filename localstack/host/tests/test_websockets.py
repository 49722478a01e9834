"""WebSocket APIs, on the server that LocalStack uses, with a client that knows nothing but the protocol."""

import base64
import http.client
import json
import os
import socket
import threading
import time
from urllib.parse import quote

import pytest
from rolo.gateway import Gateway
from rolo.serving.twisted import TwistedGateway, WebSocketChannel
from twisted.internet import reactor
from twisted.python.threadable import isInIOThread
from wsproto import ConnectionType, WSConnection, events

from holdfast_host.websockets import Apis

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=any"}


class Functions:
    """What was invoked, and what is answered."""

    def __init__(self):
        self.invoked = []
        self.status = 200
        self.meanwhile = lambda event: None

    def __call__(self, function, event):
        self.invoked.append((function, event))
        self.meanwhile(event)
        if self.status is None:
            raise RuntimeError("the function failed")
        return {"statusCode": self.status}

    def events(self, route):
        return [event for _, event in self.invoked if event["requestContext"]["routeKey"] == route]


class Client:
    """A page."""

    def __init__(self, port, path):
        self.protocol = WSConnection(ConnectionType.CLIENT)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.waiting = []
        self.send(events.Request(host=f"127.0.0.1:{port}", target=path))
        self.handshake = self.next()

    def send(self, event):
        self.socket.sendall(self.protocol.send(event))

    def next(self):
        """The next event; None when the server has closed the connection."""
        while not self.waiting:
            received = self.socket.recv(65536)
            if not received:
                return None
            self.protocol.receive_data(received)
            self.waiting = list(self.protocol.events())
        return self.waiting.pop(0)

    def is_open(self):
        return isinstance(self.handshake, events.AcceptConnection)


@pytest.fixture(scope="module")
def served():
    """The server, whose reactor starts once in a process: what it serves is set by each test."""
    handler = {}

    def handle(chain, context, response):
        handler["now"](chain, context, response)

    # LocalStack runs on a reactor of its own, too: a thread beside the one that waits for signals.
    site = TwistedGateway(Gateway(request_handlers=[handle]))
    listening = reactor.listenTCP(0, site, interface="127.0.0.1")
    thread = threading.Thread(target=reactor.run, kwargs={"installSignalHandlers": False}, daemon=True)
    thread.start()
    yield listening.getHost().port, handler
    reactor.callFromThread(reactor.stop)
    thread.join(10)


@pytest.fixture
def functions():
    return Functions()


@pytest.fixture
def apis(functions):
    apis = Apis(functions)
    yield apis
    apis.end()


@pytest.fixture
def api(apis):
    api = apis.make()
    api.stages.add("live")
    api.integrations["i1"] = "arn:sockets"
    api.routes |= dict.fromkeys(("$connect", "$disconnect", "$default"), "integrations/i1")
    return api


@pytest.fixture
def port(served, apis, api):
    port, handler = served

    def handle(chain, context, response):
        request = context.request
        _, api_id, stage, *rest = request.path.split("/")
        found = apis.find(api_id)
        if request.method == "WEBSOCKET":
            apis.serve(found, stage, request)
        else:
            told = apis.manage(found, stage, rest[1], request)
            response.update_from(told)
        chain.terminate()

    handler["now"] = handle
    return port


@pytest.fixture
def connect(port, api):
    made = []

    def connect(path="live?ticket=t-1"):
        made.append(Client(port, f"/{api.id}/{path}"))
        return made[-1]

    yield connect
    for client in made:
        client.socket.close()


@pytest.fixture
def manage(port, api):
    def manage(method, connection, body=b"", headers=SIGNED):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        client.request(method, f"/{api.id}/live/@connections/{quote(connection)}", body, headers)
        response = client.getresponse()
        told = response.read()
        client.close()
        return response.status, json.loads(told) if told else None

    return manage


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def only(api):
    wait_for(lambda: api.connections)
    [connection] = api.connections
    return connection


def test_a_handshake_is_told_as_aws_tells_it(connect, functions, api):
    assert connect("live?ticket=a%2Bb&x=1&x=2").is_open()
    [(function, event)] = functions.invoked
    assert function == "arn:sockets"
    assert event["queryStringParameters"] == {"ticket": "a+b", "x": "2"}
    assert event["multiValueQueryStringParameters"]["x"] == ["1", "2"]
    assert event["headers"]["Upgrade"].lower() == "websocket"
    context = event["requestContext"]
    told = {key: context[key] for key in ("routeKey", "eventType", "apiId", "stage", "messageDirection")}
    assert told == {
        "routeKey": "$connect",
        "eventType": "CONNECT",
        "apiId": api.id,
        "stage": "live",
        "messageDirection": "IN",
    }
    assert context["connectionId"] == only(api)
    assert len(base64.urlsafe_b64decode(context["connectionId"])) == 11


@pytest.mark.parametrize(("status", "seen"), [(403, 403), (429, 429), (None, 502)])
def test_a_handshake_that_is_not_accepted_is_refused(connect, functions, api, status, seen):
    functions.status = status
    client = connect()
    assert isinstance(client.handshake, events.RejectConnection)
    assert client.handshake.status_code == seen
    assert not api.connections
    assert not functions.events("$disconnect")


def test_a_stage_that_is_not_there_refuses_and_asks_nobody(connect, functions):
    assert connect("other").handshake.status_code == 403
    assert not functions.invoked


def test_what_is_posted_arrives_and_in_order(connect, manage, api):
    client = connect()
    connection = only(api)
    for number in range(50):
        assert manage("POST", connection, json.dumps({"id": number}).encode()) == (200, None)
    received = [json.loads(client.next().data)["id"] for _ in range(50)]
    assert received == list(range(50))


def test_messages_posted_at_once_all_arrive_whole(connect, manage, api):
    client = connect()
    connection = only(api)
    texts = {f"{number:03}" * 500 for number in range(40)}
    threads = [threading.Thread(target=manage, args=("POST", connection, text.encode())) for text in texts]
    for thread in threads:
        thread.start()
    received = set()
    while len(received) < len(texts):
        received.add(whole(client))
    assert received == texts
    for thread in threads:
        thread.join()


def whole(client):
    parts = [client.next()]
    while not parts[-1].message_finished:
        parts.append(client.next())
    return "".join(part.data for part in parts)


def test_a_message_of_a_page_reaches_the_default_route(connect, functions):
    client = connect()
    client.send(events.TextMessage("keep open"))
    wait_for(lambda: functions.events("$default"))
    [event] = functions.events("$default")
    assert (event["body"], event["isBase64Encoded"]) == ("keep open", False)
    assert event["requestContext"]["eventType"] == "MESSAGE"


@pytest.mark.parametrize("politely", [True, False])
def test_a_connection_that_ends_is_told_and_gone(connect, functions, manage, api, politely):
    client = connect()
    connection = only(api)
    if politely:
        client.send(events.CloseConnection(1000))
    else:
        client.socket.close()
    wait_for(lambda: functions.events("$disconnect"))
    [event] = functions.events("$disconnect")
    assert event["requestContext"]["connectionId"] == connection
    assert event["requestContext"]["eventType"] == "DISCONNECT"
    status, told = manage("POST", connection, b"late")
    assert (status, told) == (410, {"message": None})


def test_a_page_that_closes_sees_the_connection_end(connect, api):
    client = connect()
    only(api)
    client.send(events.CloseConnection(1000))
    while client.next() is not None:
        pass


def test_a_connection_is_gone_while_its_handshake_is_under_way(connect, manage, functions):
    posted = []
    functions.meanwhile = lambda event: posted.append(manage("POST", event["requestContext"]["connectionId"], b"early"))
    assert connect().is_open()
    assert posted == [(410, {"message": None})]


def test_one_thread_writes_all_frames(connect, manage, api, monkeypatch):
    """Another one corrupts the reactor's notes of who is written to: later connections are cut."""
    by_the_reactor = []
    send = WebSocketChannel.wsSend

    def noted(channel, event):
        by_the_reactor.append((type(event).__name__, isInIOThread()))
        send(channel, event)

    monkeypatch.setattr(WebSocketChannel, "wsSend", noted)
    page = connect()
    connection = only(api)
    manage("POST", connection, b"news")
    assert page.next().data == "news"
    manage("DELETE", connection)
    assert isinstance(page.next(), events.CloseConnection)
    assert by_the_reactor == [("AcceptConnection", True), ("TextMessage", True), ("CloseConnection", True)]


def test_a_connection_is_told_of_and_ended_by_its_owner(connect, functions, manage, api):
    client = connect()
    connection = only(api)
    status, told = manage("GET", connection)
    assert status == 200
    assert told["identity"]["sourceIp"] == "127.0.0.1"
    assert manage("DELETE", connection) == (204, None)
    assert isinstance(client.next(), events.CloseConnection)
    client.socket.close()
    wait_for(lambda: functions.events("$disconnect"))
    assert manage("GET", connection)[0] == 410


def test_who_does_not_sign_is_refused(connect, manage, api):
    connect()
    assert manage("POST", only(api), b"x", {})[0] == 403


def test_a_message_that_is_too_long_is_refused(connect, manage, api):
    connect()
    assert manage("POST", only(api), os.urandom(128 * 1024 + 1))[0] == 413


def test_an_api_that_goes_ends_its_connections(connect, apis, api, functions):
    client = connect()
    only(api)
    apis.remove(api.id)
    assert isinstance(client.next(), events.CloseConnection)
    client.socket.close()
    wait_for(lambda: functions.events("$disconnect"))
    assert apis.find(api.id) is None


def test_at_the_end_connections_end_and_no_function_hears_of_it(connect, apis, api, functions):
    client = connect()
    only(api)
    apis.end()
    assert isinstance(client.next(), events.CloseConnection)
    wait_for(lambda: not api.connections)
    assert not functions.events("$disconnect")


def test_reconnecting_is_another_connection(connect, api):
    first = connect()
    before = only(api)
    first.socket.close()
    wait_for(lambda: not api.connections)
    assert connect().is_open()
    assert only(api) != before
