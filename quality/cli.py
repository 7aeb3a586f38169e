"""The command ``quality``: what a file holds and what is wrong with it, without any service.

Exit codes: 0 fine, 1 warnings or reservations, 2 blocked or refused, 3 unreadable or wrongly called.
"""

import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
import typer

from quality.canonical import canonical
from quality.comparing import compare as compared
from quality.comparing import statistics_changed
from quality.errors import QualityError
from quality.examining import examine
from quality.gathering import Given, gather
from quality.report import DatasetReport
from quality.schema import report_schema
from quality.summarizing import summarize
from quality.terminal.differences import differences
from quality.terminal.progress import Progress
from quality.terminal.summary import summary
from quality.terminal.words import Tongue

FINE: Final = 0
WARNED: Final = 1
REFUSED: Final = 2
UNREADABLE: Final = 3
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
All = Annotated[bool, typer.Option("--all", help="길어도 모두 보입니다. Show everything.")]


@app.command()
def profile(
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
    lang: Lang = "ko",
    everything: All = False,  # noqa: FBT002 - a switch of the command line
) -> int:
    """파일을 검사하고 요약을 보입니다. Examine files and show what they hold, worst things first."""
    say = Tongue(lang == "en")
    given = gather(files)
    if not given:
        typer.echo(say("폴더에 파일이 없습니다.", "There is no file in the folder."), err=True)
        return UNREADABLE
    report = examined(given, say)
    if json_file == _STANDARD:
        sys.stdout.buffer.write(canonical(report))
        return outcome(report)
    if json_file is not None:
        json_file.write_bytes(canonical(report))
    typer.echo("\n".join(summary(report, say, everything=everything)))
    return outcome(report)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="먼저 것. 파일, 폴더, 보고서. The earlier one.")],
    after: Annotated[Path, typer.Argument(help="나중 것. 파일, 폴더, 보고서. The later one.")],
    lang: Lang = "ko",
    everything: All = False,  # noqa: FBT002 - a switch of the command line
) -> int:
    """두 파일이나 두 보고서(--json으로 쓴 것)의 다른 점. Say what differs; exit 1 where something does."""
    say = Tongue(lang == "en")
    old, new = read(before, say), read(after, say)
    found, statistics = compared(old, new), list(statistics_changed(old, new))
    typer.echo("\n".join(differences(found, statistics, say, everything=everything)))
    return FINE if found.none and not statistics else WARNED


@app.command()
def schema() -> int:
    """보고서의 JSON Schema를 출력합니다. Print the JSON Schema of a report."""
    typer.echo(json.dumps(report_schema(), ensure_ascii=False, indent=2))
    return FINE


def examined(given: Sequence[Given], say: Tongue) -> DatasetReport:
    """Examine the files one after the other, with a bar on a terminal."""
    progress = Progress(sum(one.size_bytes for one in given), sys.stderr, say)
    reports = []
    for one in given:
        with progress.reading(one.name, one.size_bytes):
            reports.append(examine(one.path, name=one.name))
    return summarize(reports)


def read(path: Path, say: Tongue) -> DatasetReport:
    """Return the report that a file holds, or the one on the file, fractions rounded in both."""
    if path.suffix.lower() == ".json" and path.is_file():
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(path.read_bytes(), type=DatasetReport)
    made = canonical(examined(gather([path]), say))
    return msgspec.json.decode(made, type=DatasetReport)


def outcome(report: DatasetReport) -> int:
    """Return the exit code that says how a report came out."""
    if report.blocker_count:
        return REFUSED
    return WARNED if report.warning_count else FINE


def main() -> None:
    """Run the command line; an expected error is one sentence in both languages, not a traceback."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    try:
        code = app(list(arguments), prog_name="quality", standalone_mode=False)
    except typer.TyperException as error:
        getattr(error, "show", str)()
        return UNREADABLE
    except typer.Abort:  # Ctrl-C
        return UNREADABLE
    except QualityError as error:
        typer.echo(f"검사할 수 없습니다. It cannot be examined: {error}", err=True)
        return UNREADABLE
    except OSError as error:
        typer.echo(f"읽을 수 없습니다. It cannot be read: {error}", err=True)
        return UNREADABLE
    return code if isinstance(code, int) else FINE
