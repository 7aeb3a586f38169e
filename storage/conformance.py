"""Whether a store does what the exchange relies on: twenty named probes.

Stores that call themselves compatible differ exactly where it hurts: who may write with a link
for reading, whether a checksum is looked at, whether "only if new" is a promise. So the exchange
tries before it trusts, at every start and in ``marketplace doctor``.
"""

import http.client
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from storage import probes
from storage.bench import Bench, ProbeFailed
from storage.errors import StorageError
from storage.objects import Connection

THREADS: Final = 4


@dataclass(frozen=True)
class Probe:
    """One thing to try; ``ko`` and ``en`` say what it proves, ``name`` never changes."""

    name: str
    ko: str
    en: str
    check: Callable[[Bench], str]


@dataclass(frozen=True)
class ProbeResult:
    """What a probe found; ``detail`` says what was tried, or what went wrong."""

    name: str
    ko: str
    en: str
    passed: bool
    detail: str
    duration_s: float


PROBES: Final[Sequence[Probe]] = (
    Probe(
        "only_new_put",
        "이미 있는 객체는 '새 것만' 조건의 저장으로 바뀌지 않습니다.",
        "An object is not replaced by a put that asks for a new one only.",
        probes.only_new_put,
    ),
    Probe(
        "wrong_checksum",
        "서명된 SHA-256이나 MD5와 다른 내용은 저장되지 않습니다.",
        "Content that differs from its signed SHA-256 or MD5 is not stored.",
        probes.wrong_checksum,
    ),
    Probe(
        "signed_length",
        "서명된 길이보다 긴 내용은 저장되지 않습니다.",
        "Content longer than its signed length is not stored.",
        probes.signed_length,
    ),
    Probe(
        "one_method",
        "읽기용 주소로는 쓰거나 지울 수 없습니다.",
        "A link for reading can neither write nor delete.",
        probes.one_method,
    ),
    Probe(
        "unsigned_copy_source",
        "쓰기용 주소에 서명되지 않은 복사 지시를 붙여 남의 객체를 가져갈 수 없습니다.",
        "A link for writing cannot copy another object by an unsigned header.",
        probes.unsigned_copy_source,
    ),
    Probe(
        "unsigned_override",
        "응답 형식은 서명한 쪽만 정할 수 있습니다.",
        "Only the signer sets the headers of the answer.",
        probes.unsigned_override,
    ),
    Probe(
        "parent_path",
        "상위 경로(../)를 쓴 키로 버킷 밖에 닿을 수 없습니다.",
        "No key with ../ reaches outside its bucket.",
        probes.parent_path,
    ),
    Probe(
        "anonymous",
        "서명 없이는 목록 보기, 읽기, 쓰기, 지우기가 모두 거부됩니다.",
        "Without a signature nothing is listed, read, written or deleted.",
        probes.anonymous,
    ),
    Probe(
        "tampered_signature",
        "고친 서명, 늘린 기한, 다른 비밀키는 거부됩니다.",
        "A changed signature, a longer validity and a wrong secret are refused.",
        probes.tampered_signature,
    ),
    Probe(
        "expired_link",
        "기한이 지난 주소는 거부됩니다.",
        "A link is refused after its end.",
        probes.expired_link,
    ),
    Probe(
        "other_path",
        "주소 하나로는 그 객체 하나만 열립니다.",
        "A link opens its one object and no other.",
        probes.other_path,
    ),
    Probe(
        "versioning",
        "덮어쓰거나 지워도 이전 버전이 남습니다.",
        "Overwriting and deleting keep the old version.",
        probes.versioning,
    ),
    Probe(
        "object_lock",
        "잠긴 버전은 지울 수 없습니다.",
        "A locked version cannot be deleted.",
        probes.object_lock,
    ),
    Probe(
        "multipart_complete",
        "나누어 보낸 조각이 빠짐없이 하나의 객체가 됩니다.",
        "Parts sent one by one become the whole object.",
        probes.multipart_complete,
    ),
    Probe(
        "multipart_abort",
        "취소한 나눔 업로드는 아무것도 남기지 않습니다.",
        "An aborted upload in parts leaves nothing.",
        probes.multipart_abort,
    ),
    Probe(
        "wrong_part",
        "다르거나 너무 작은 조각은 합쳐지지 않습니다.",
        "A part that differs or is too small is not joined.",
        probes.wrong_part,
    ),
    Probe(
        "range_read",
        "객체의 앞, 가운데, 끝을 바이트 단위로 정확히 읽습니다.",
        "The front, the middle and the end of an object are read to the byte.",
        probes.range_read,
    ),
    Probe(
        "korean_key",
        "한글 키와 한글 파일 이름이 그대로 보존됩니다.",
        "Korean keys and Korean file names are kept as they are.",
        probes.korean_key,
    ),
    Probe(
        "server_copy",
        "저장소 안의 복사는 내용이 같고, 있는 객체를 바꾸지 않습니다.",
        "A copy inside the store has the same content and replaces nothing unasked.",
        probes.server_copy,
    ),
    Probe(
        "part_checksum",
        "조각의 SHA-256을 주소에 서명하면 다른 내용은 거부됩니다.",
        "A part that differs from the SHA-256 signed in its link is refused.",
        probes.part_checksum,
    ),
)


def run_probes(connection: Connection, *, bucket_prefix: str = "mdx") -> list[ProbeResult]:
    """Try the store and return twenty results in the order of ``PROBES``. Blocks for a second.

    Uses two buckets of its own, ``<prefix>-probe`` and ``<prefix>-probe-locked``, and removes
    what it stored; the one locked object of a run goes in a run at least five minutes later.

    Args:
        connection: who may make buckets, or whose two buckets exist
    """
    bench = Bench(connection, bucket_prefix=bucket_prefix)
    try:
        bench.prepare()
    except StorageError as error:
        return [
            _result(probe, f"no bucket to try in: {error}", 0.0, passed=False) for probe in PROBES
        ]
    with ThreadPoolExecutor(THREADS, thread_name_prefix="probe") as threads:
        results = list(threads.map(lambda probe: _try(probe, bench), PROBES))
    bench.clear()
    return results


def _try(probe: Probe, bench: Bench) -> ProbeResult:
    begun = time.monotonic()
    try:
        detail, passed = probe.check(bench), True
    except ProbeFailed as error:
        detail, passed = str(error), False
    except (StorageError, OSError, http.client.HTTPException) as error:
        detail, passed = f"{type(error).__name__}: {error}", False
    return _result(probe, detail, time.monotonic() - begun, passed=passed)


def _result(probe: Probe, detail: str, duration_s: float, *, passed: bool) -> ProbeResult:
    return ProbeResult(probe.name, probe.ko, probe.en, passed, detail, duration_s)
