"""The command ``quality``: what a file holds and what is wrong with it, without any service.

Exit codes: 0 fine, 1 warnings or reservations, 2 blocked or refused, 3 unreadable or wrongly called.
"""

import contextlib
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
import typer
from msgspec import Struct
from msgspec.structs import replace

from quality import certificates, recomputing
from quality.canonical import canonical
from quality.children import Children
from quality.comparing import compare as compared
from quality.comparing import statistics_changed
from quality.engines import SPLIT, Engine
from quality.engines.local import Threads
from quality.errors import CertificateDamaged, KeysUnreadable, QualityError, SettingsInvalid
from quality.examining import Rules, examine
from quality.gathering import Given, gather
from quality.html import render, render_comparison
from quality.keys import read_keys
from quality.report import DatasetReport, FileReport
from quality.schema import report_schema
from quality.settings import NOTHING_SAID, Settings
from quality.settings_files import read_settings
from quality.suites.exporting import validation_result
from quality.suites.reading import SuiteRefused, read_suite
from quality.suites.suite import Suite
from quality.summarizing import summarize
from quality.terminal import verdict
from quality.terminal.differences import differences
from quality.terminal.engines import HELP, engine_of
from quality.terminal.progress import Progress
from quality.terminal.rules import rules_shown, unused_rules
from quality.terminal.summary import summary
from quality.terminal.words import Tongue
from quality.ways import Way

FINE: Final = 0
WARNED: Final = 1
REFUSED: Final = 2
UNREADABLE: Final = 3
ENDS: Final = {
    verdict.Held.good: FINE,
    verdict.Held.reserved: WARNED,
    verdict.Held.refused: REFUSED,
}
DAMAGED: Final = (
    "결과: 거절. 인증서가 아니거나, 발급한 뒤 바뀐 인증서입니다. 발급자에게서 다시 받으십시오.",
    "Result: refused. It is no certificate, or was changed since it was issued. Fetch it again from its issuer.",
)
NOT_SPLIT: Final = (
    "나눌 수 없는 형식이라 한 흐름으로 세었습니다.",
    "Files of this kind cannot be split and are counted by one thread.",
)
ALONE: Final = Threads()
_STANDARD: Final = Path("-")

app = typer.Typer(
    name="quality",
    help=(
        "제조데이터 파일의 품질을 잽니다. Says what a file of machine data holds and what is wrong with it.\n\n"
        "끝날 때의 값(exit code): 0 좋음, 1 경고, 2 막힘, 3 읽을 수 없음. 0 fine, 1 warnings, 2 blocked, 3 unreadable."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Lang = Annotated[
    Literal["ko", "en"], typer.Option("--lang", help="말: ko 또는 en. Language, ko or en.")
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html", help="읽고 인쇄할 화면을 쓸 파일. Where to write a page to read and print."
    ),
]
Settled = Annotated[
    Path | None,
    typer.Option("--settings", help="데이터에 대한 선언(TOML, JSON). What is said of the data."),
]
Rulebook = Annotated[
    Path | None,
    typer.Option("--rules", help="지킬 규칙, great-expectations의 JSON. Rules to check."),
]
Results = Annotated[
    Path | None,
    typer.Option(
        "--results", help="규칙의 결과를 쓸 파일(JSON). Where to write what came of the rules."
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        help="데이터가 얼마나 오래되었는지 재는 기준일. The date by which the age of the data is measured.",
    ),
]
All = Annotated[bool, typer.Option("--all", help="길어도 모두 보입니다. Show everything.")]


@app.command()
def profile(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="파일 또는 폴더. 함께 한 데이터셋입니다. Files or folders, one dataset together.",
        ),
    ],
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="보고서를 쓸 파일, - 는 표준 출력. Where to write the report."),
    ] = None,
    settings_file: Settled = None,
    html_file: Html = None,
    as_of: AsOf = None,
    engine: Annotated[str, typer.Option("--engine", help=HELP)] = "thread",
    parquet: Annotated[
        Path | None,
        typer.Option("--parquet", help="정리본(Parquet)을 둘 폴더. Folder for typed Parquet."),
    ] = None,
    rules_file: Rulebook = None,
    results_file: Results = None,
    lang: Lang = "ko",
    everything: All = False,  # noqa: FBT002 - a switch of the command line
) -> int:
    """파일을 검사하고 요약을 보입니다. Examine files and show what they hold, worst things first."""
    say, by = Tongue(lang == "en"), engine_of(engine)
    settings = NOTHING_SAID if settings_file is None else declared(settings_file)
    rules = None if rules_file is None else read_suite(rules_file.read_bytes())
    given = gather(files)
    if not given:
        typer.echo(say("폴더에 파일이 없습니다.", "There is no file in the folder."), err=True)
        return UNREADABLE
    if as_of is not None:
        settings = replace(settings, as_of=as_of.date())
    report = examined(given, say, Wish(settings, by, parquet, rules))
    if html_file is not None:
        html_file.write_text(render(report, lang), encoding="utf-8")
    if results_file is not None and rules is not None:
        results_file.write_text(results_json(report), encoding="utf-8")
    if json_file not in (None, _STANDARD):
        json_file.write_bytes(canonical(report))
    if json_file == _STANDARD:
        sys.stdout.buffer.write(canonical(report))
    else:
        typer.echo("\n".join(_shown(report, rules, say, everything=everything)))
    return outcome(report, rules)


def _shown(
    report: DatasetReport, rules: Suite | None, say: Tongue, *, everything: bool
) -> list[str]:
    told = list(summary(report, say, everything=everything))
    if rules is not None:
        told += rules_shown(rules, report, say, everything=everything)
    return told


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="먼저 것. 파일, 폴더, 보고서. The earlier one.")],
    after: Annotated[Path, typer.Argument(help="나중 것. 파일, 폴더, 보고서. The later one.")],
    html_file: Html = None,
    lang: Lang = "ko",
    everything: All = False,  # noqa: FBT002 - a switch of the command line
) -> int:
    """두 파일, 보고서(--json으로 쓴 것), 인증서의 다른 점. Say what differs; exit 1 where something does."""
    say = Tongue(lang == "en")
    old, new = read(before, say), read(after, say)
    if html_file is not None:
        html_file.write_text(render_comparison(old, new, lang), encoding="utf-8")
    found, statistics = compared(old, new), list(statistics_changed(old, new))
    typer.echo("\n".join(differences(found, statistics, say, everything=everything)))
    return FINE if found.none and not statistics else WARNED


@app.command()
def verify(
    certificate: Annotated[
        Path, typer.Argument(metavar="CERTIFICATE", help="인증서. The certificate.")
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="인증서의 파일 또는 폴더. The certified files."),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", help="발급자가 공개한 열쇠 목록(JSON). The issuer's list of keys."),
    ] = None,
    lang: Lang = "ko",
) -> int:
    """인증서와 파일을 확인합니다. Check a certificate, its files' bytes, and every number anew.

    0 확인됨, 1 일부만 확인됨, 2 거절, 3 읽을 수 없음. 0 verified, 1 in part, 2 refused, 3 unreadable.
    """
    say = Tongue(lang == "en")
    known = None if keys is None else read_keys(keys.read_bytes())
    content = certificate.read_bytes()
    try:
        found = certificates.read(content)
    except CertificateDamaged:
        typer.echo(say(*DAMAGED))
        return REFUSED
    matched = recomputing.match(found, gather(files or []))
    again = counted_again(found, matched.same | matched.changed, say)
    points = verdict.points_of(found, certificates.verify(found, known), matched, again)
    typer.echo("\n".join(verdict.shown(found, points, say)))
    return ENDS[verdict.worst(points)]


@app.command()
def schema() -> int:
    """보고서의 JSON Schema를 출력합니다. Print the JSON Schema of a report."""
    typer.echo(json.dumps(report_schema(), ensure_ascii=False, indent=2))
    return FINE


def declared(path: Path) -> Settings:
    """Return the settings of a file.

    Raises:
        OSError: it cannot be read
        SettingsInvalid: what is wrong with it
    """
    return read_settings(path.read_bytes(), toml=path.suffix.lower() != ".json")


class Wish(Struct, frozen=True):
    """How files are examined.

    Args:
        parquet: a folder that gets a folder for each file, and in it a file for each table
        suite: rules, which may refer to any of the files
    """

    settings: Settings = NOTHING_SAID
    engine: Engine | Threads = ALONE
    parquet: Path | None = None
    suite: Suite | None = None


WISHED: Final = Wish()


def examined(given: Sequence[Given], say: Tongue, wish: Wish = WISHED) -> DatasetReport:
    """Examine the files one after the other, with a bar on a terminal."""
    progress = Progress(sum(one.size_bytes for one in given), sys.stderr, say)
    reports = []
    suite = wish.suite
    rules = None if suite is None else Rules(suite, beside_of(suite, given))
    tasks = Way(engine=wish.engine).tasks if rules is None else ("gate", rules.task)
    with Children(tasks, files=len(given)) as children:
        for one in given:
            stage = None if wish.parquet is None else wish.parquet / one.name
            with progress.reading(one.name, one.size_bytes) as counted:
                report = examine(
                    one.path,
                    name=one.name,
                    settings=wish.settings,
                    children=children,
                    way=Way(engine=wish.engine, progress=counted),
                    stage=stage,
                    rules=rules,
                )
            if wish.engine != ALONE and report.kind not in (*SPLIT, "refused"):
                typer.echo(f"{one.name}: {say(*NOT_SPLIT)}", err=True)
            reports.append(report)
    return summarize(reports, preset=wish.settings.preset)


def counted_again(
    certificate: certificates.Certificate, files: dict[int, Path], say: Tongue
) -> recomputing.Recomputed | None:
    """Examine certified files again, with a bar on a terminal; None where there is no file."""
    if not files:
        return None
    progress = Progress(sum(path.stat().st_size for path in files.values()), sys.stderr, say)

    with Children(files=len(files)) as children:

        def look(path: Path, name: str, settings: Settings) -> FileReport:
            with progress.reading(name, path.stat().st_size) as seen:
                way = Way(progress=seen)
                return examine(path, name=name, settings=settings, children=children, way=way)

        return recomputing.recompute(certificate, files, look=look)


def read(path: Path, say: Tongue) -> DatasetReport:
    """Return the report that a file holds, or the one on the file, fractions rounded in both."""
    if path.suffix.lower() == ".json" and path.is_file():
        content = path.read_bytes()
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(content, type=DatasetReport)
        with contextlib.suppress(CertificateDamaged, msgspec.ValidationError):
            return msgspec.convert(certificates.read(content).report, DatasetReport)
    made = canonical(examined(gather([path]), say))
    return msgspec.json.decode(made, type=DatasetReport)


def beside_of(suite: Suite, given: Sequence[Given]) -> tuple[tuple[Path, str], ...]:
    """Return the files that rules refer to."""
    return tuple((one.path, one.name) for one in given if suite.refers_to(one.name))


def results_json(report: DatasetReport) -> str:
    """Return what came of rules as great-expectations writes it: for each table one result."""
    listed = [validation_result(one) for file in report.files for one in file.suites]
    return json.dumps(listed, ensure_ascii=False, indent=2) + "\n"


def outcome(report: DatasetReport, suite: Suite | None = None) -> int:
    """Return the exit code that says how a report came out; a rule that does not hold is a warning."""
    if report.blocker_count:
        return REFUSED
    broken = any(one.failed for file in report.files for one in file.suites)
    unused = suite is not None and bool(unused_rules(suite, report))
    return WARNED if report.warning_count or broken or unused else FINE


def main() -> None:
    """Run the command line; an expected error is one sentence in both languages, not a traceback."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    try:
        code = app(list(arguments), prog_name="quality", standalone_mode=False)
    except typer.TyperException as error:
        getattr(error, "show", str)()
    except typer.Abort:  # Ctrl-C
        pass
    except SettingsInvalid as error:
        typer.echo("\n".join(_told(error)), err=True)
    except (QualityError, OSError) as error:
        typer.echo(f"{_why(error)}: {error}", err=True)
    else:
        return code if isinstance(code, int) else FINE
    return UNREADABLE


def _told(error: SettingsInvalid) -> list[str]:
    lines = [f"  {ko}\n  {en}" for ko, en in error.problems]
    return ["선언(--settings)을 쓸 수 없습니다. The settings cannot be used:", *lines]


def _why(error: Exception) -> str:
    if isinstance(error, SuiteRefused):
        return "규칙을 읽을 수 없습니다. The rules cannot be used"
    if isinstance(error, KeysUnreadable):
        return "열쇠 목록을 읽을 수 없습니다. No list of keys"
    if isinstance(error, QualityError):
        return "검사할 수 없습니다. It cannot be examined"
    return "읽을 수 없습니다. It cannot be read"
