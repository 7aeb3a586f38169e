"""What every request passes before a handler runs, and every answer before it leaves."""

import httpx
import pytest
from litestar import Litestar, get
from litestar.testing import AsyncTestClient

from marketplace.app import Parts, create_app
from marketplace.auth import EVERYONE, allow, declared_routes
from marketplace.errors import ConfigurationError
from marketplace.routes import ROUTES
from marketplace.settings import Settings

# Administrators alone read the trail; a version counts within a product that a random id names.
NUMBERED = {
    "/api/v1/operator/audit/{event_id:int}",
    "/operator/audit/{event_id:int}",
    "/api/v1/products/{product_id:uuid}/versions/{number:int}",
    "/api/v1/products/{product_id:uuid}/versions/{number:int}/certificate",
    "/api/v1/products/{product_id:uuid}/versions/{number:int}/changes",
    "/api/v1/products/{product_id:uuid}/versions/{number:int}/quality.html",
    "/products/{product_id:uuid}/versions/{number:int}",
    "/products/{product_id:uuid}/versions/{number:int}/quality",
    # A report counts within its version.
    "/api/v1/operator/versions/{version_id:uuid}/profiles/{number:int}/quality.html",
    # A rule's place in its product's list.
    "/api/v1/organization/products/{product_id:uuid}/rules/{number:int}",
    "/api/v1/organization/products/{product_id:uuid}/rules/{number:int}/removal",
    "/selling/products/{product_id:uuid}/rules/{number:int}",
    "/selling/products/{product_id:uuid}/rules/{number:int}/removal",
}


@get("/api/v1/open-to-nobody")
async def forgotten() -> None:
    return None


@get("/api/v1/broken", opt=allow(EVERYONE))
async def fail() -> None:
    raise RuntimeError("a-detail-of-ours")


async def test_unknown_address_answers_a_problem_with_all_headers(
    client: AsyncTestClient[Litestar],
) -> None:
    response = await client.get("/api/v1/nothing-here")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert "default-src 'none'" in response.headers["content-security-policy"]


async def test_every_answer_over_https_has_the_headers_that_browsers_obey(
    settings: Settings, parts: Parts, clean: None
) -> None:
    app = create_app(settings.model_copy(update={"public_url": "https://x.example"}), parts)
    async with AsyncTestClient(app, base_url="https://x.example") as client:
        for path in ("/", "/sign-in", "/api/v1/me", "/nothing-here"):
            client.cookies.clear()
            assert_safe((await client.get(path)).headers)


def assert_safe(headers: httpx.Headers) -> None:
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert {name for name, sources in policy.items() if sources == "'none'"} == {
        "default-src",
        "object-src",
        "base-uri",
        "frame-ancestors",
    }
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["report-uri"] == "/csp-reports"
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    for cookie in headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))


def test_a_route_without_a_policy_stops_the_start(settings: Settings, parts: Parts) -> None:
    with pytest.raises(ConfigurationError, match="GET /api/v1/open-to-nobody declares no policy"):
        create_app(settings, parts, (*ROUTES, forgotten))


def test_addresses_name_things_by_random_ids(app: Litestar) -> None:
    numbered = {route.path for route in declared_routes(app) if ":int}" in route.path}
    assert numbered == NUMBERED


async def test_a_bug_tells_its_number_and_nothing_else(
    settings: Settings, parts: Parts, clean: None
) -> None:
    app = create_app(settings, parts, (*ROUTES, fail))
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as client:
        response = await client.get("/api/v1/broken")

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    for detail in ("a-detail-of-ours", "RuntimeError", "Traceback", ".py"):
        assert detail not in response.text
