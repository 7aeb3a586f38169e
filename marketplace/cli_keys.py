"""The command line of the keys that sign quality certificates: make, list and revoke them."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

keys = typer.Typer(
    help="품질 인증서에 서명하는 열쇠. Keys that sign quality certificates.", no_args_is_help=True
)

Data = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", help="데이터 폴더, 기본 MARKETPLACE_DATA_DIR 또는 var. Data folder."
    ),
]


@keys.command("new")
def new_key(
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="첫날(UTC), 기본은 오늘. First day."),
    ] = None,
) -> None:
    """MARKETPLACE_SIGNING_KEYS에 넣을 새 열쇠를 출력합니다. Print a new entry for the setting."""
    from marketplace.signing import new_signing_key

    typer.echo(new_signing_key((first or datetime.now(UTC)).date()))


@keys.command("list")
def list_signing_keys(data_dir: Data = None) -> None:
    """공개한 열쇠와 지금 서명하는 열쇠(*)를 보입니다. Show every key; a star marks the one that signs."""
    from marketplace.settings import load_settings
    from marketplace.signing_history import list_keys

    found, current = asyncio.run(list_keys(load_settings(data_dir)))
    for one in found:
        until = f"{one.valid_until:%Y-%m-%d}" if one.valid_until else "          "
        revoked = f"revoked {one.revoked_at:%Y-%m-%d %H:%M} UTC: {one.revoked_reason}" if one.revoked_at else ""  # fmt: skip
        mark = "*" if one.id == current else " "
        typer.echo(f"{mark} {one.id}  {one.valid_from:%Y-%m-%d} {until}  {revoked}".rstrip())


@keys.command("revoke")
def revoke_signing_key(
    key_id: Annotated[str, typer.Argument(help="열쇠의 이름. Id of the key.")],
    reason: Annotated[str, typer.Option(help="까닭, 공개됩니다. Why; it is public.")],
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M"],
            help="이때부터 믿지 않습니다(UTC), 기본은 지금. Not trusted from then on.",
        ),
    ] = None,
    data_dir: Data = None,
) -> None:
    """열쇠를 폐기합니다. 그 시각 뒤에 서명한 인증서는 모두 거절됩니다. Revoke a key for good."""
    from marketplace.settings import load_settings
    from marketplace.signing_history import revoke_key

    since = None if at is None else at.replace(tzinfo=UTC)
    key = asyncio.run(revoke_key(load_settings(data_dir), key_id, at=since, reason=reason))
    typer.echo(f"{key.id}: revoked {key.revoked_at:%Y-%m-%d %H:%M} UTC")
