"""What the tests of files share."""

from collections.abc import Iterator

import pytest

from quality.children import Children


@pytest.fixture(scope="session")
def children() -> Iterator[Children]:
    """Children that wait, for tests of many files."""
    with Children() as waiting:
        yield waiting
