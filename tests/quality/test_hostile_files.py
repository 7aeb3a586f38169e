"""Every hostile or broken file gets its code and its words, and no child takes more than its memory."""

from pathlib import Path

import openpyxl
import pytest

from quality import Limits, Severity, examine
from quality.children import Children
from tests.quality import (
    corpus,
    corpus_arrow,
    corpus_images,
    corpus_json,
    corpus_mat,
    corpus_xls,
    corpus_zip,
)
from tests.quality.corpus import Case

pytestmark = pytest.mark.slow  # each case starts one or two real children
LIMITS = Limits()
CASES = (
    *corpus.CASES,
    *corpus_arrow.CASES,
    *corpus_json.CASES,
    *corpus_xls.CASES,
    *corpus_zip.CASES,
    *corpus_images.CASES,
    *corpus_mat.CASES,
)


def test_workbooks_are_read_with_the_guarded_xml_reader() -> None:
    assert openpyxl.DEFUSEDXML


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_a_file_gets_the_code_and_the_words_of_the_list(
    case: Case, tmp_path: Path, children: Children
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(case.make())

    report = examine(path, name=case.name, limits=LIMITS, children=children)

    said = {one.code: one for one in report.findings}
    assert report.memory_bytes < LIMITS.profile_memory_bytes
    if case.code is None:
        assert said.keys() & {"FILE_INVALID"} == set()
        assert not report.blocked, said
        return
    assert case.code in said, list(said.values())
    finding = said[case.code]
    assert case.words in finding.ko
    assert finding.en
    assert report.blocked is case.blocks, finding
    assert (finding.severity is Severity.blocker) is case.blocks
