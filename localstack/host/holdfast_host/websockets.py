"""WebSocket APIs as API Gateway has them: routes that invoke functions, and connections that are written to by HTTP.

It knows rolo and twisted, on which LocalStack stands, and nothing of LocalStack.
"""

import base64
import json
import os
import secrets
import string
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from rolo import Request, Response
from rolo.websocket import WebSocketDisconnectedError, WebSocketProtocolError
from rolo.websocket.request import WebSocket, WebSocketRequest
from wsproto.events import CloseConnection
from wsproto.utilities import LocalProtocolError

LONGEST_MESSAGE = 128 * 1024
# What it takes to be let to a function: its ARN and the event; what it answers. A function that fails raises.
Invoke = Callable[[str, dict], dict]


@dataclass
class Connection:
    """A page that is connected. What is written to it comes from the thread that writes all its frames."""

    connected_at: float
    last_active_at: float
    source_ip: str
    send: Callable[[str | bytes], None]
    close: Callable[[], None]
    hang_up: Callable[[], None]

    @classmethod
    def of(cls, request: WebSocketRequest, websocket: WebSocket) -> "Connection":
        from twisted.internet import reactor

        channel = websocket.socket.channel
        transport, now = channel.request.transport, time.time()

        def hang_up():
            """Rolo neither answers a page that closes, nor ends what lies below."""
            with suppress(LocalProtocolError):  # it was answered
                transport.write(channel.wsproto.send(CloseConnection(1000)))
            transport.loseConnection()

        return cls(
            connected_at=now,
            last_active_at=now,
            source_ip=request.remote_addr,
            send=lambda message: reactor.callFromThread(websocket.send, message),
            close=lambda: reactor.callFromThread(websocket.close),
            hang_up=lambda: reactor.callFromThread(hang_up),
        )


@dataclass
class Api:
    """An API with its stages, the functions of its integrations, and its routes to them."""

    id: str
    stages: set[str] = field(default_factory=set)
    integrations: dict[str, str] = field(default_factory=dict)
    routes: dict[str, str] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)

    def function_of(self, route: str) -> str | None:
        """The function that a route invokes."""
        target = self.routes.get(route)
        return self.integrations.get(target.removeprefix("integrations/")) if target else None


class Apis:
    """All WebSocket APIs of a region."""

    def __init__(self, invoke: Invoke):
        self._invoke = invoke
        self._lock = threading.Lock()
        self._apis: dict[str, Api] = {}
        self._ends = False

    def make(self) -> Api:
        with self._lock:
            api = Api(new_id(10))
            self._apis[api.id] = api
            return api

    def find(self, api_id: str) -> Api | None:
        return self._apis.get(api_id)

    def remove(self, api_id: str) -> None:
        if api := self._apis.pop(api_id, None):
            close_all(api)

    def end(self) -> None:
        """Ends every connection, each of which keeps a thread busy. No function hears of it: they end, too."""
        self._ends = True
        for api in list(self._apis.values()):
            close_all(api)

    def serve(self, api: Api, stage: str, request: WebSocketRequest) -> None:
        """Serves a connection from its handshake to its end."""
        if stage not in api.stages:
            return refuse(request, answer(403, {"message": "Forbidden"}))
        connection_id = base64.urlsafe_b64encode(os.urandom(11)).decode()
        events = Events(api.id, stage, connection_id, request)
        status = self._status_of(api.function_of("$connect"), events.connect())
        if not 200 <= status < 300:
            return refuse(request, answer(status, {"message": reason(status), "connectionId": connection_id}))
        websocket = by_the_writer(request.accept)
        # Only now: during its handshake AWS says of a connection that it is gone.
        opened = api.connections[connection_id] = Connection.of(request, websocket)
        try:
            self._receive(api, websocket, opened, events)
        finally:
            api.connections.pop(connection_id, None)
            opened.hang_up()
            self._status_of(api.function_of("$disconnect"), events.disconnect())

    def _receive(self, api: Api, websocket: WebSocket, opened: Connection, events: "Events") -> None:
        try:
            while True:
                message = websocket.receive()
                opened.last_active_at = time.time()
                self._status_of(api.function_of("$default"), events.message(message))
        except (WebSocketDisconnectedError, WebSocketProtocolError):
            return

    def _status_of(self, function: str | None, event: dict) -> int:
        """What a function says of an event; without a function there is nothing to say against it."""
        if function is None or self._ends:
            return 200
        try:
            return int(self._invoke(function, event)["statusCode"])
        except Exception:
            return 502

    def manage(self, api: Api, stage: str, connection_id: str, request: Request) -> Response:
        """`@connections/{id}`: writes to a connection, tells of it, or ends it."""
        if not request.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
            return answer(403, {"message": "Missing Authentication Token"})
        found = api.connections.get(connection_id) if stage in api.stages else None
        if found is None:
            return answer(410, {"message": None}, "GoneException")
        if request.method == "GET":
            return answer(200, described(found))
        if request.method == "DELETE":
            api.connections.pop(connection_id, None)
            found.close()
            return Response(status=204)
        return post(found, request.get_data())


class Events:
    """What a function is told of a connection."""

    def __init__(self, api_id: str, stage: str, connection_id: str, request: WebSocketRequest):
        self._request = request
        self._connected_at = int(time.time() * 1000)
        host = request.headers.get("Host", "")
        self._context = {
            "apiId": api_id,
            "stage": stage,
            "connectionId": connection_id,
            "connectedAt": self._connected_at,
            "domainName": host,
            "identity": {"sourceIp": request.remote_addr},
            "messageDirection": "IN",
        }

    def connect(self) -> dict:
        headers = self._request.headers
        given = parse_qs(self._request.query_string.decode(), keep_blank_values=True)
        event = self._event("$connect", "CONNECT")
        event["headers"] = dict(headers.items())
        event["multiValueHeaders"] = {name: headers.getlist(name) for name in headers.keys()}  # noqa: SIM118
        if given:
            event["queryStringParameters"] = {name: values[-1] for name, values in given.items()}
            event["multiValueQueryStringParameters"] = given
        return event

    def disconnect(self) -> dict:
        event = self._event("$disconnect", "DISCONNECT")
        event["requestContext"] |= {"disconnectStatusCode": 1000, "disconnectReason": ""}
        return event

    def message(self, message: str | bytes) -> dict:
        event = self._event("$default", "MESSAGE")
        is_binary = isinstance(message, bytes)
        event["body"] = base64.b64encode(message).decode() if is_binary else message
        event["isBase64Encoded"] = is_binary
        event["requestContext"]["messageId"] = new_id(16)
        return event

    def _event(self, route: str, kind: str) -> dict:
        now = time.time()
        context = self._context | {
            "routeKey": route,
            "eventType": kind,
            "requestId": new_id(16),
            "extendedRequestId": new_id(16),
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "requestTimeEpoch": int(now * 1000),
        }
        return {"requestContext": context, "isBase64Encoded": False}


def post(to: Connection, body: bytes) -> Response:
    if len(body) > LONGEST_MESSAGE:
        return answer(413, {"message": "Payload Too Large"}, "PayloadTooLargeException")
    to.send(body.decode() if is_text(body) else body)
    to.last_active_at = time.time()
    return Response(status=200)


def close_all(api: Api) -> None:
    for each in list(api.connections.values()):
        each.close()


def refuse(request: WebSocketRequest, response: Response) -> None:
    """It may let the request go while another thread still answers it."""
    by_the_writer(request.reject, response)


def by_the_writer(act: Callable, *given: object) -> object:
    """In the thread that writes all frames. Another one may begin to write to what this one has just closed; the
    reactor then waits for its number, and every later connection that gets the number is cut."""
    from twisted.internet import reactor, threads

    return threads.blockingCallFromThread(reactor, act, *given)


def described(found: Connection) -> dict:
    told = {"connectedAt": found.connected_at, "lastActiveAt": found.last_active_at}
    told = {name: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)) for name, at in told.items()}
    return told | {"identity": {"sourceIp": found.source_ip, "userAgent": None}}


def answer(status: int, body: dict, error: str | None = None) -> Response:
    response = Response(json.dumps(body), status=status, content_type="application/json")
    if error:
        response.headers["x-amzn-ErrorType"] = error
    return response


def reason(status: int) -> str:
    return {401: "Unauthorized", 403: "Forbidden", 429: "Too Many Requests"}.get(status, "Internal server error")


def is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def new_id(length: int) -> str:
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(length))
