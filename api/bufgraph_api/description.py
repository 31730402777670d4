"""The API description (OpenAPI), made to tell what really happens."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do"},
    },
    "example": {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "detail": "there is no city 'fi-turk'; did you mean fi-turku?",
    },
}
_STATUSES: Final = {"400": "Wrong input", "404": "No such record", "413": "Too large"}
_SPARQL_STATUSES: Final = {
    **_STATUSES,
    "406": "No such format",
    "415": "No such body type",
    "503": "Ended at a limit, or busy",
}


def install(app: FastAPI) -> None:
    """Make an application describe its errors as the problem documents they are, and its SPARQL body."""

    def describe() -> dict[str, Any]:  # Any: JSON
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                license_info=app.license_info,
                routes=app.routes,
            )
            schema.setdefault("components", {})["schemas"] = {"Problem": _PROBLEM}
            for path, item in schema["paths"].items():
                for operation in item.values():
                    _mend(operation, _SPARQL_STATUSES if path == "/sparql" else _STATUSES)
            for path in ("/api/search", "/api/experts"):
                _require_text(schema["paths"][path]["get"])
            body = {
                kind: {"schema": {"type": "string"}}
                for kind in ("application/sparql-query", "application/x-www-form-urlencoded")
            }
            schema["paths"]["/sparql"]["post"]["requestBody"] = {"required": True, "content": body}
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # the way FastAPI documents


def _mend(operation: dict[str, Any], statuses: dict[str, str]) -> None:
    """Put our statuses in the place of FastAPI's 422, which is never sent."""
    responses = operation["responses"]
    responses.pop("422", None)
    for status, description in statuses.items():
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses.setdefault(status, {"description": description, "content": content})


def _require_text(operation: dict[str, Any]) -> None:
    """Say that ``q`` is needed; the route takes an empty one only to answer it with our own words."""
    for parameter in operation["parameters"]:
        if parameter["name"] == "q":
            parameter["required"] = True
            parameter["schema"] = {"type": "string", "minLength": 1}
