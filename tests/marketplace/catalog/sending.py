"""What a seller's program does to upload data, step by step."""

from typing import Any

import httpx

from marketplace.catalog.datasets import processing
from marketplace.catalog.datasets.processing import Shelves
from marketplace.db import Database, Scope
from tests.actors import fresh_key
from tests.marketplace.catalog.test_products import begun

API = "/api/v1/organization"


def keyed() -> dict[str, str]:
    return {"idempotency-key": fresh_key()}


async def opened(client: httpx.AsyncClient) -> dict[str, Any]:
    product = await begun(client)
    answer = await client.post(f"{API}/products/{product['id']}/versions", json={}, headers=keyed())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def add(
    client: httpx.AsyncClient, version: dict[str, Any], path: str, size_bytes: int
) -> httpx.Response:
    body = {"path": path, "size_bytes": size_bytes}
    return await client.post(f"{API}/versions/{version['id']}/files", json=body)


async def send(client: httpx.AsyncClient, file: dict[str, Any], content: bytes) -> None:
    """Send every part as a browser does, straight to the store."""
    numbers = [{"number": number} for number in range(1, file["part_count"] + 1)]
    answer = await client.post(f"{API}/files/{file['id']}/parts", json={"parts": numbers})
    assert answer.status_code == 200, answer.text
    async with httpx.AsyncClient() as browser:
        for part in answer.json()["parts"]:
            piece = content[part["first_byte"] : part["first_byte"] + part["size_bytes"]]
            headers = {k: v for k, v in part["headers"].items() if k.lower() != "content-length"}
            sent = await browser.put(part["url"], content=piece, headers=headers)
            assert sent.status_code == 200, sent.text


async def uploaded(
    client: httpx.AsyncClient, version: dict[str, Any], path: str, content: bytes
) -> dict[str, Any]:
    file = (await add(client, version, path, len(content))).json()
    await send(client, file, content)
    done = await client.post(f"{API}/files/{file['id']}/finish")
    assert done.status_code == 200, done.text
    return dict(done.json())


async def process(database: Database, shelves: Shelves, file: dict[str, Any]) -> None:
    await processing.process_file(database.phases(Scope.system()), shelves, file["id"])


async def close(client: httpx.AsyncClient, version: dict[str, Any]) -> httpx.Response:
    return await client.post(f"{API}/versions/{version['id']}/close", headers=keyed())


async def shown(client: httpx.AsyncClient, version: dict[str, Any]) -> dict[str, Any]:
    return dict((await client.get(f"{API}/versions/{version['id']}")).json())
