"""The API against its own description: whatever is asked, the answer is one that the document allows."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance,
          unsupported_method]  # fmt: skip


def test_the_document_describes_every_operation(api: Any) -> None:
    document = api.client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = {(m, path): o for path, item in document["paths"].items() for m, o in item.items()}
    assert len(operations) >= 35
    for key, operation in operations.items():
        assert operation["summary"], key
        assert operation["description"], key
        assert operation["tags"], key
        errors = {s: r for s, r in operation["responses"].items() if s >= "400"}
        assert {"401", "403", "404", "422", "500"} <= errors.keys(), key
        assert all(r["content"].keys() == {"application/problem+json"} for r in errors.values()), key
        if key[0] == "post":
            assert {"412", "413", "415"} <= errors.keys(), key
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_the_page_of_the_docs_lists_every_operation(api: Any) -> None:
    paths = api.client.get("/api/v1/openapi.json").json()["paths"]
    rows = [
        f"| `{method.upper()} {path.removeprefix('/api/v1').replace('/projects/{project}', '…')}` | {operation['summary']} |"
        for path, item in paths.items()
        for method, operation in item.items()
    ]
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
    assert [line for line in page.splitlines() if line.startswith(("| `GET", "| `POST"))] == rows


@pytest.mark.parametrize("slug", ["feedpost", None])
def test_answers_are_as_the_document_says(api: Any, slug: str | None) -> None:
    """With the project that is there, so that the rest of an operation is tried, and with made-up ones."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api.client.app, headers={"Host": "localhost"})
    tried = 0

    for made in schema.get_all_operations():
        operation = made.ok()
        if operation.path.endswith("/events"):  # has no end
            continue

        @settings(max_examples=3 if slug else 1, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            nonlocal tried
            tried += 1
            if slug and "project" in (case.path_parameters or {}):
                case.path_parameters["project"] = slug
            case.call_and_validate(base_url="http://localhost", headers={"Host": "localhost"}, checks=CHECKS)

        check()
    assert tried > 30
