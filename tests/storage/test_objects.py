import pytest

from storage.objects import Bucket, Connection, ObjectKey


@pytest.mark.parametrize("name", ["mdx-published", "abc", "a" * 63])
def test_accepts_a_bucket_name(name: str) -> None:
    assert Bucket(name).name == name


@pytest.mark.parametrize("name", ["ab", "a" * 64, "Mdx", "-mdx", "mdx-", "m.x", "mdx\n", "한글"])
def test_refuses_what_is_no_bucket_name(name: str) -> None:
    with pytest.raises(ValueError, match="no bucket name"):
        Bucket(name)


@pytest.mark.parametrize("key", ["a", "a/b.csv", "한글/이름 (1).csv", "..a/b..", "x" * 1024])
def test_accepts_a_key(key: str) -> None:
    assert ObjectKey(key).value == key


@pytest.mark.parametrize(
    "key", ["", "/a", "a/", "a//b", "../a", "a/../b", "a/.", "x" * 1025, "한" * 342]
)
def test_refuses_a_key_that_a_file_system_would_interpret(key: str) -> None:
    with pytest.raises(ValueError, match="no object key"):
        ObjectKey(key)


@pytest.mark.parametrize("key", ["a\x00b", "a\nb", "a\\b", "a\x7f", "\ud800"])
def test_refuses_characters_that_no_key_may_have(key: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - a lone surrogate cannot even be encoded
        ObjectKey(key)


def test_a_connection_hides_its_secret_and_serves_browsers_at_the_same_origin() -> None:
    connection = Connection("http://127.0.0.1:9000/", "access", "very-secret")

    assert connection.public_endpoint == "http://127.0.0.1:9000"
    assert "very-secret" not in repr(connection)


@pytest.mark.parametrize(
    "origin", ["127.0.0.1:9000", "ftp://a", "http://a/b", "http://a?b", "http://"]
)
def test_refuses_an_endpoint_that_is_no_origin(origin: str) -> None:
    with pytest.raises(ValueError, match="must be an origin"):
        Connection("http://a", "access", "secret", public_endpoint=origin)
