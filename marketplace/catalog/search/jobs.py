"""What the worker does for the search: bring one product into step after a change below this slice."""

from uuid import UUID

from marketplace.catalog.search.indexing import index_product
from marketplace.jobs import JobContext, job


@job("search.index_product", attempts=5, limit_s=60)
async def index_again(context: JobContext[object], *, product_id: str) -> None:
    """Let the search see a product as it stands now."""
    async with context.phases() as session:
        await index_product(session, UUID(product_id))
