"""The probes pass on a real server and fail on stores that lie, each way of lying."""

from storage.conformance import PROBES, ProbeResult, run_probes
from storage.objects import Connection
from tests.storage.answering import XML, Reply, answering, error_xml
from tests.storage.conftest import PREFIX


def failed(results: list[ProbeResult]) -> dict[str, str]:
    return {result.name: result.detail for result in results if not result.passed}


def test_there_are_twenty_and_each_is_said_in_both_languages() -> None:
    assert len(PROBES) == len({probe.name for probe in PROBES}) == 20
    assert all("니다." in probe.ko and probe.en.endswith(".") for probe in PROBES)


def test_a_real_store_passes_all_in_time(connection: Connection) -> None:
    results = run_probes(connection, bucket_prefix=PREFIX)

    assert [result.name for result in results] == [probe.name for probe in PROBES]
    assert failed(results) == {}
    assert sum(result.duration_s for result in results) < 5


def test_a_store_that_says_yes_to_everything_fails_every_probe() -> None:
    versioned = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"

    def script(method: str, path: str) -> Reply:
        return Reply(200, versioned, XML) if path.endswith("?versioning=") else Reply(200)

    with answering(script) as connection:
        results = run_probes(connection)

    assert len(failed(results)) == 20
    assert "no bucket" not in results[0].detail


def test_a_store_that_refuses_everything_fails_every_probe() -> None:
    with answering(lambda *_: Reply(403, error_xml("AccessDenied"), XML)) as connection:
        results = run_probes(connection)

    assert len(failed(results)) == 20
    assert "no bucket to try in" in results[0].detail


def test_an_absent_store_fails_every_probe() -> None:
    assert len(failed(run_probes(Connection("http://127.0.0.1:9", "access", "secret")))) == 20


def test_a_store_that_speaks_no_http_fails_and_does_not_raise() -> None:
    assert len(failed(run_probes(Connection("https://127.0.0.1:9", "access", "secret")))) == 20
