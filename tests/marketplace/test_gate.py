"""What every request passes before a handler runs."""

from litestar import Litestar
from litestar.testing import AsyncTestClient


async def test_unknown_address_answers_a_problem_with_all_headers(
    client: AsyncTestClient[Litestar],
) -> None:
    response = await client.get("/api/v1/nothing-here")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert "default-src 'none'" in response.headers["content-security-policy"]
