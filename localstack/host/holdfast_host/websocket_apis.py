"""WebSocket APIs of API Gateway v2, which LocalStack's free edition does not have.

CloudFormation makes them, pages reach them by path as they do REST APIs (`ws:` in place of `http:`), and functions
write to connections at the same path and `/@connections/<id>`.
"""

import json
import re

from localstack.runtime import hooks
from localstack.services.cloudformation.resource_provider import (
    CloudFormationResourceProviderPlugin,
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
)

from holdfast_host.websockets import Apis, answer, new_id

PATH = re.compile(r"/_aws/execute-api/([^/]+)/([^/]+)(?:/(.*))?$")
MANAGED = "@connections/"
FUNCTION = re.compile(r"functions/(arn:[^/]+)/invocations$")


def _invoke(function, event):
    """The answer of a function, which runs where its ARN says."""
    from localstack.aws.connect import connect_to

    client = connect_to(region_name=function.split(":")[3]).lambda_
    response = client.invoke(FunctionName=function, Payload=json.dumps(event))
    if "FunctionError" in response:
        raise RuntimeError(f"{function} failed")
    return json.load(response["Payload"])


APIS = Apis(_invoke)


@hooks.on_infra_start()
def serve_websocket_apis():
    """Before all other handlers: REST APIs answer at the same paths."""
    from localstack.aws.handlers import preprocess_request

    preprocess_request.append(_handle)


@hooks.on_infra_shutdown(priority=100)
def end_connections():
    """Before the functions end: one of them that is told of a connection's end would not answer any more."""
    APIS.end()


def _handle(chain, context, response):
    request = context.request
    match = PATH.match(request.path)
    api = APIS.find(match[1]) if match else None
    if api is None:
        return
    stage, rest = match[2], match[3] or ""
    if request.method == "WEBSOCKET":
        APIS.serve(api, stage, request)
        return chain.terminate()
    if rest.startswith(MANAGED):
        told = APIS.manage(api, stage, rest.removeprefix(MANAGED), request)
    else:
        told = answer(426, {"message": "Upgrade Required"})
    response.update_from(told)
    chain.terminate()


class _Provider(ResourceProvider):
    """A part of an API: what is asked for is there at once."""

    ID: str  # the property that `Ref` gives

    def create(self, request):
        model = request.desired_state
        self.make(model)
        return _done(model)

    def update(self, request):
        before = request.previous_state or {}
        model = request.desired_state
        model[self.ID] = before.get(self.ID) or model.get(self.ID)
        self.unmake(before)
        self.make(model)
        return _done(model)

    def delete(self, request):
        self.unmake(request.desired_state)
        return _done({})

    def make(self, model):
        raise NotImplementedError

    def unmake(self, model):
        raise NotImplementedError


def _done(model):
    return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model)


def _schema(kind, identifier, *fixed):
    """Nothing but `fixed` leads to a replacement. The API of a part never changes, but while the API itself is updated
    LocalStack takes its id for one that does, and would make the part anew and then delete it.
    """
    return {
        "typeName": kind,
        "primaryIdentifier": [f"/properties/{identifier}"],
        "readOnlyProperties": [f"/properties/{identifier}"],
        "createOnlyProperties": [f"/properties/{name}" for name in fixed],
    }


class ApiProvider(_Provider):
    TYPE, ID = "AWS::ApiGatewayV2::Api", "ApiId"
    SCHEMA = _schema(TYPE, ID, "ProtocolType")

    def create(self, request):
        if request.desired_state.get("ProtocolType") != "WEBSOCKET":
            message = "local AWS has WebSocket APIs only"
            return ProgressEvent(status=OperationStatus.FAILED, resource_model={}, message=message)
        return super().create(request)

    def make(self, model):
        """Its id stays when it is updated, and with it its routes."""
        if not APIS.find(model.get(self.ID, "")):
            model[self.ID] = APIS.make().id
        model["ApiEndpoint"] = f"wss://{model[self.ID]}.execute-api.amazonaws.com"

    def update(self, request):
        model = request.desired_state
        model[self.ID] = request.previous_state[self.ID]
        self.make(model)
        return _done(model)

    def unmake(self, model):
        APIS.remove(model.get(self.ID, ""))


class IntegrationProvider(_Provider):
    TYPE, ID = "AWS::ApiGatewayV2::Integration", "IntegrationId"
    SCHEMA = _schema(TYPE, ID)

    def make(self, model):
        model[self.ID] = model.get(self.ID) or new_id(7)
        function = FUNCTION.search(model["IntegrationUri"])
        APIS.find(model["ApiId"]).integrations[model[self.ID]] = function[1]

    def unmake(self, model):
        if api := APIS.find(model.get("ApiId", "")):
            api.integrations.pop(model.get(self.ID), None)


class RouteProvider(_Provider):
    TYPE, ID = "AWS::ApiGatewayV2::Route", "RouteId"
    SCHEMA = _schema(TYPE, ID)

    def make(self, model):
        model[self.ID] = model.get(self.ID) or new_id(7)
        APIS.find(model["ApiId"]).routes[model["RouteKey"]] = model["Target"]

    def unmake(self, model):
        if api := APIS.find(model.get("ApiId", "")):
            api.routes.pop(model.get("RouteKey"), None)


class StageProvider(_Provider):
    TYPE, ID = "AWS::ApiGatewayV2::Stage", "StageName"
    SCHEMA = _schema(TYPE, ID)

    def make(self, model):
        APIS.find(model["ApiId"]).stages.add(model["StageName"])

    def update(self, request):
        return _done(request.desired_state)

    def unmake(self, model):
        if api := APIS.find(model.get("ApiId", "")):
            api.stages.discard(model.get("StageName"))


class DeploymentProvider(_Provider):
    """Routes are there at once: there is nothing to deploy."""

    TYPE, ID = "AWS::ApiGatewayV2::Deployment", "DeploymentId"
    SCHEMA = _schema(TYPE, ID)

    def make(self, model):
        model[self.ID] = model.get(self.ID) or new_id(7)

    def unmake(self, model):
        """Nothing was made."""


class _Plugin(CloudFormationResourceProviderPlugin):
    provider: type[_Provider]

    def __init__(self):
        self.factory = None

    def load(self):
        self.factory = self.provider


class ApiPlugin(_Plugin):
    name, provider = ApiProvider.TYPE, ApiProvider


class IntegrationPlugin(_Plugin):
    name, provider = IntegrationProvider.TYPE, IntegrationProvider


class RoutePlugin(_Plugin):
    name, provider = RouteProvider.TYPE, RouteProvider


class StagePlugin(_Plugin):
    name, provider = StageProvider.TYPE, StageProvider


class DeploymentPlugin(_Plugin):
    name, provider = DeploymentProvider.TYPE, DeploymentProvider
