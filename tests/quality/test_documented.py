"""The public table of codes and limits says what the code says."""

from quality import ACROSS_CHECKS, CHECKS, AcrossCheck, Check, Limits
from quality.checks.checking import Thresholds
from quality.findings import KINDS, SAME_CODE
from tests.repository import ROOT

TEXT = (ROOT / "docs/quality.md").read_text()


def test_every_code_stands_in_the_document_with_its_words() -> None:
    missing = [
        code
        for code, kind in KINDS.items()
        if code not in SAME_CODE
        and f"| `{code}` | {kind.severity.value} | {kind.ko} | {kind.en} |" not in TEXT
    ]
    assert missing == []


def test_every_limit_stands_in_the_document_with_its_value() -> None:
    limits = Limits()
    for name in Limits.__struct_fields__:
        value = getattr(limits, name)
        shown = f"{value:,}" if isinstance(value, int) else str(value)
        assert f"| `{name}` | {shown} |" in TEXT


def test_the_thresholds_of_the_document_are_those_of_the_code() -> None:
    table = TEXT.split("| threshold | default |")[1].split("\n\n")[0]
    lines = [line.split("|") for line in table.splitlines() if "`" in line]
    said = {name.strip(" `"): value.strip() for _, name, value, _ in lines}
    known = Thresholds()
    assert set(said) == set(Thresholds.__struct_fields__)
    for name, value in said.items():
        given = getattr(known, name)
        values = given if isinstance(given, tuple) else (given,)
        assert value == (", ".join(f"{one:g}" for one in values if one != "") or "none"), name


def sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")


def rule_of(check: Check | AcrossCheck) -> str:
    return f"{check.rule_ko}. {sentence(check.rule_en)}".replace("..", ".")


def test_the_checks_of_the_document_are_those_of_the_code() -> None:
    lines = [
        f"| {one.id} | {one.ko} · {one.en} | {one.dimension.value} · {one.iso} | {one.severity.value} | {rule_of(one)} | {one.todo_ko} {one.todo_en} |"
        for one in CHECKS
    ]
    lines += [
        f"| {one.id} | {one.ko} · {one.en} | {one.dimension.value} · {one.iso} | {', '.join(f'`{code}`' for code in one.codes)} | {rule_of(one)} |"
        for one in ACROSS_CHECKS
    ]
    ids = {*(one.id for one in CHECKS), *(one.id for one in ACROSS_CHECKS)}
    said = [line for line in TEXT.splitlines() if line.split("|")[1:2] and line.split("|")[1].strip() in ids]  # fmt: skip

    assert said == lines
