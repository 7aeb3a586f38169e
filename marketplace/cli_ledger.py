"""The command line of the books."""

import typer

ledger = typer.Typer(help="장부. The books.", no_args_is_help=True)


@ledger.callback()
def _books() -> None:
    """Keep ``verify`` a command of its own while it is the only one."""


@ledger.command("verify")
def verify() -> None:
    """장부가 맞는지 확인하고 항목마다 출력합니다. Check the books and print each rule; exit 1 at a breach."""
    from marketplace.books import verify_books
    from marketplace.settings import load_settings

    verdict = verify_books(load_settings())
    for outcome in verdict.outcomes:
        word = "ok" if outcome.faults_count == 0 else "FAULT"
        rule = outcome.invariant
        typer.echo(f"{word:<6} {rule.code}: {rule.ko} {rule.en}")
        for fault in outcome.faults:
            typer.echo(f"       {fault}", err=True)
    typer.echo(
        f"{verdict.transactions_count} transactions, debit {verdict.debit_won:,} won,"
        f" credit {verdict.credit_won:,} won, {verdict.faults_count} breaches"
    )
    raise typer.Exit(1 if verdict.faults_count else 0)
