"""The command line: run, migrate, look after and back up an exchange.

Commands import what they need when they run, so that ``--help`` and the web process stay light.
"""

import asyncio
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from marketplace.cli_keys import Data, keys
from marketplace.cli_ledger import ledger
from marketplace.errors import MarketplaceError

BEGUN_S = time.monotonic()

app = typer.Typer(
    name="marketplace",
    help="제조데이터 거래소를 실행하고 돌봅니다. Runs and looks after a manufacturing-data exchange.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
operator = typer.Typer(
    help="거래소 운영기관의 사람. People of the exchange's operator.", no_args_is_help=True
)
demo = typer.Typer(
    help="시연 자료(시험 환경 전용). Demonstration data, sandbox only.", no_args_is_help=True
)
audit = typer.Typer(help="감사 기록. The audit trail.", no_args_is_help=True)
app.add_typer(operator, name="operator")
app.add_typer(demo, name="demo")
app.add_typer(audit, name="audit")
app.add_typer(keys, name="keys")
app.add_typer(ledger, name="ledger")


@app.command()
def run(data_dir: Data = None) -> None:
    """거래소 전체를 실행합니다(시험 환경). Run the whole exchange in the foreground, sandbox only.

    PostgreSQL과 S3 서버, 웹, 작업 처리기를 함께 시작하고 Ctrl-C로 함께 끝냅니다. 설정은 환경 변수와 .env에서
    읽습니다: MARKETPLACE_PORT(8000), MARKETPLACE_HOST, MARKETPLACE_DATA_DIR(var).

    Starts PostgreSQL, the S3 server, web and worker together and ends them together. Settings come
    from the environment and .env.
    """
    from marketplace.supervisor.console import Console

    console = Console(sys.stdout)
    console.say("run", "거래소를 시작합니다. Starting the exchange.")
    from marketplace.supervisor.run import run as run_exchange  # takes most of a second

    raise typer.Exit(run_exchange(data_dir, console, begun_s=BEGUN_S))


@app.command()
def web() -> None:
    """웹 서버만 실행합니다. Run the web server alone, with the settings of the environment."""
    import uvicorn

    from marketplace.http.protocol import BoundedHttp
    from marketplace.logs import configure
    from marketplace.metrics import share_folder
    from marketplace.settings import load_settings

    settings = load_settings()
    configure(settings.log_format or "text", process="web")
    if settings.web_workers > 1:
        share_folder(settings.data_dir)
    uvicorn.run(
        "marketplace.app:web_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.web_workers,
        access_log=False,
        server_header=False,
        date_header=True,
        log_config=None,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
        limit_concurrency=1_000,
        http=BoundedHttp,
    )


@app.command()
def worker() -> None:
    """작업 처리기만 실행합니다. Run the job worker alone."""
    from marketplace.settings import load_settings
    from marketplace.worker import run_worker

    raise typer.Exit(run_worker(load_settings()))


@app.command()
def prepare(
    superuser_url: Annotated[
        str,
        typer.Option(
            envvar="MARKETPLACE_SUPERUSER_URL",
            help="PostgreSQL 관리자의 주소, 환경 변수로 주십시오. Address of a superuser, best as a variable.",
        ),
    ],
) -> None:
    """다른 PostgreSQL에 역할과 데이터베이스를 만듭니다. 두 번 실행해도 그대로입니다.

    Make the roles, the database and its extensions in a PostgreSQL that `run` does not manage.
    Names and passwords come from MARKETPLACE_DATABASE_URL, _OWNER_URL and _BACKUP_URL.
    """
    from marketplace.embedded.preparing import prepare_given
    from marketplace.settings import load_settings

    typer.echo(prepare_given(load_settings(), superuser_url))


@app.command()
def migrate() -> None:
    """데이터베이스를 최신 구조로 바꾸고 버킷을 만듭니다. Bring database and buckets to what this code needs."""
    from marketplace import revision, schema
    from marketplace.members.accounts.legal import publish_texts
    from marketplace.settings import load_settings
    from marketplace.stores import make_buckets
    from marketplace.training.publishing import publish_shipped

    settings = load_settings()
    url = settings.database_owner_url
    if url is None:
        typer.echo("MARKETPLACE_DATABASE_OWNER_URL이 없습니다. It is needed to migrate.", err=True)
        raise typer.Exit(2)
    newest = revision.newest_revision()  # files that are no chain end it with a sentence
    schema.migrate(url.get_secret_value())
    schema.set_clock(url.get_secret_value(), sandbox=settings.sandbox)
    make_buckets(settings)
    published = publish_texts(url.get_secret_value())
    courses = publish_shipped(url.get_secret_value())
    typer.echo(f"schema at {newest}, {published} legal text(s), {courses} course(s) published")


@app.command()
def doctor(data_dir: Data = None) -> None:
    """설치 상태를 점검합니다. 문제가 있으면 1로 끝납니다.

    Examine the running installation: database, migrations, Korean text, row-level security, clock,
    job listeners, disk, settings, and twenty probes of the object store. Exit 1 if one check fails.
    """
    from marketplace.doctor import print_findings
    from marketplace.settings import load_settings

    healthy = print_findings(load_settings(data_dir), worker_expected=True)
    raise typer.Exit(0 if healthy else 1)


Keys = Annotated[
    Path | None,
    typer.Option(
        help="암호화 키 파일, 기본은 <폴더>.keys. File with the keys of encryption, by default <folder>.keys."
    ),
]


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="새 폴더. A folder that does not exist yet.")],
    keys: Keys = None,
    data_dir: Data = None,
) -> None:
    """데이터베이스와 모든 파일을 한 폴더에 백업합니다. 암호화 키는 다른 곳에 보관하십시오.

    Back up the database and every object into one folder, with their hashes; the exchange may be
    running. The keys of encryption go into a file beside it: keep that one elsewhere.
    """
    from marketplace.backup.making import make_backup
    from marketplace.embedded.servers import answering, data_folder
    from marketplace.settings import load_settings

    keys = keys or target.with_name(f"{target.name}.keys")
    with answering(data_folder(data_dir)):
        make_backup(load_settings(data_dir), target, keys, say=typer.echo)
    typer.echo(f"{keys}: 다른 곳에 보관하십시오. Keep this file in another place.")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="백업 폴더. Folder of a backup.")],
    keys: Keys = None,
    data_dir: Data = None,
) -> None:
    """백업을 비어 있는 데이터 폴더에 되살리고 점검합니다.

    Restore a backup into an empty data folder, compare rows and objects with it, and run doctor
    on the result. A data folder that holds anything is refused.
    """
    from marketplace.backup.restoring import restore_backup
    from marketplace.doctor import print_findings
    from marketplace.embedded.servers import data_folder

    keys = keys or source.with_name(f"{source.name}.keys")
    healthy = restore_backup(
        source, data_folder(data_dir), keys, say=typer.echo, examine=print_findings
    )
    raise typer.Exit(0 if healthy else 1)


@operator.command("add")
def operator_add(
    email: Annotated[str, typer.Argument(help="전자우편 주소. Mail address.")],
    name: Annotated[str, typer.Option(help="이름, 없으면 주소의 앞부분. Name.")] = "",
    role: Annotated[
        list[str] | None,
        typer.Option(help="administrator, reviewer, finance. 여러 번 쓸 수 있습니다. Repeatable."),
    ] = None,
    data_dir: Data = None,
) -> None:
    """거래소 운영기관의 사람을 만들고 한 번 쓰는 링크를 출력합니다.

    Make a person of the exchange's operator and print a one-time link, valid for 24 hours. The
    first administrator adds the second one alone; all others need two administrators.
    """
    from marketplace.operator_accounts import add_operator
    from marketplace.settings import load_settings

    link = asyncio.run(add_operator(load_settings(data_dir), email, name, role))
    typer.echo(f"{email}: 24시간 안에 한 번 쓸 수 있는 링크. Use this link once within 24 hours:")
    typer.echo(link)


@operator.command("link")
def operator_link(
    email: Annotated[str, typer.Argument(help="전자우편 주소. Mail address.")],
    data_dir: Data = None,
) -> None:
    """아직 한 번도 로그인하지 않은 운영기관 사람의 링크를 다시 만듭니다.

    Print a new one-time link for a person of the operator who has never signed in; the former
    link stops working.
    """
    from marketplace.operator_accounts import renew_link
    from marketplace.settings import load_settings

    typer.echo(asyncio.run(renew_link(load_settings(data_dir), email)))


@audit.command("verify")
def verify_trail() -> None:
    """감사 기록의 사슬을 처음부터 확인합니다. Check the chain of the audit trail; exit 1 at the first fault."""
    from marketplace import trail
    from marketplace.settings import load_settings

    verdict = trail.verify_trail(load_settings())
    rate = round(verdict.events_count / max(verdict.took_s, 1e-9))
    typer.echo(
        f"{verdict.events_count} sealed events in {verdict.took_s:.1f} s ({rate}/s),"
        f" {verdict.heads_count} kept heads match, {verdict.waiting_count} events wait for their seal"
    )
    typer.echo(f"head {verdict.events_count} {verdict.head}")
    if (fault := verdict.fault) is None:
        return
    where = f"position {fault.position}" if fault.position is not None else "no position"
    event = "" if fault.event_id is None else f", event {fault.event_id}"
    typer.echo(f"FAULT at {where}{event}\n{fault.ko}\n{fault.en}", err=True)
    raise typer.Exit(1)


@audit.command("export")
def export_trail(
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="첫날(서울). First day, Seoul."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="마지막 날(서울). Last day, Seoul."),
    ] = None,
) -> None:
    """감사 기록을 JSON Lines로 내보냅니다. Write the trail with its hashes to standard output."""
    from marketplace import trail
    from marketplace.settings import load_settings

    count = trail.export_trail(
        load_settings(),
        since=None if since is None else since.date(),
        until=None if until is None else until.date(),
    )
    typer.echo(f"{count} events", err=True)


@app.command()
def rehearse(
    files: Annotated[
        list[Path],
        typer.Option(
            "--files", exists=True, dir_okay=False, help="상품으로 만들 파일들. Files to sell."
        ),
    ],
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="결과를 JSON으로 쓸 파일. Where to write the outcome."),
    ] = None,
    data_dir: Data = None,
) -> None:
    """실행 중인 거래소에서 새 회원처럼 파일마다 상품을 등록해 봅니다(시험 환경).

    Play the market against the running exchange as new users would: sign up, learn, list each file, review,
    approve, find it. Exit 1 at the first failure.
    """
    import msgspec

    from marketplace.rehearsal.playing import play
    from marketplace.settings import load_settings

    played = play(load_settings(data_dir), files, typer.echo)
    if json_file is not None:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(played)))
    typer.echo(f"{'passed' if played.passed else 'failed'} in {played.seconds:.1f} s")
    if not played.passed:
        raise typer.Exit(1)


@demo.command("load")
def demo_load(data_dir: Data = None) -> None:
    """시연용 기관과 계정을 넣습니다. 두 번 실행해도 그대로입니다.

    Load fictitious organizations and accounts; loading twice changes nothing. A running worker
    does it as a job, else this process does.
    """
    from marketplace.demo.following import load_and_follow
    from marketplace.settings import load_settings

    loaded = asyncio.run(load_and_follow(load_settings(data_dir), typer.echo))
    raise typer.Exit(0 if loaded else 1)


@demo.command("accounts")
def demo_accounts_table(data_dir: Data = None) -> None:
    """시연 계정의 주소, 비밀번호, 지금의 인증 코드를 출력합니다. Print the demonstration's accounts."""
    from marketplace.demo.accounts import demo_accounts
    from marketplace.settings import load_settings

    for one in demo_accounts(load_settings(data_dir)):
        typer.echo(f"{one.email:<26} {one.password:<34} {one.code}  {one.role:<16} {one.note_ko}")


@demo.command("code")
def demo_code_of(
    email: Annotated[str, typer.Argument(help="시연 계정의 주소. Address of a demo account.")],
    data_dir: Data = None,
) -> None:
    """시연 계정의 지금 인증 코드를 출력합니다. Print the present second-factor code."""
    from marketplace.demo.accounts import demo_code
    from marketplace.settings import load_settings

    code, left_s = demo_code(load_settings(data_dir), email)
    typer.echo(code)
    typer.echo(f"{left_s}초 뒤에 바뀝니다. Changes in {left_s} s.", err=True)


def main() -> None:
    """Run the command line; an expected error is one sentence in both languages, not a traceback."""
    try:
        app()
    except MarketplaceError as error:
        typer.echo(f"{error.text('ko')}\n{error.text('en')}", err=True)
        sys.exit(2)
