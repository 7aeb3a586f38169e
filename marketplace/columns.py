"""Column types that every table uses the same way, and the naming of constraints."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel


def _check_name(constraint: sa.Constraint, table: sa.Table) -> str:
    """Models give the last part of a CHECK's name, migrations the whole; both arrive at the whole."""
    prefix = f"ck_{table.name}_"
    return prefix + str(constraint.name).removeprefix(prefix)


# Names are part of the promise: code and people refer to them, and Alembic compares by them.
SQLModel.metadata.naming_convention = {
    "whole_constraint_name": _check_name,
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "%(whole_constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

APP_NOW = sa.text("app_now()")
NEW_ID = sa.text("gen_random_uuid()")


def choice(kind: type[StrEnum], name: str) -> sa.Enum:
    """Return the type of a state or kind: text with a named CHECK over the values.

    Native enums need manual migrations, so they are not used (decision 0006).

    Args:
        kind: the allowed values
        name: last part of the constraint's name
    """
    return sa.Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=_values,
    )


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]


def stamped() -> dict[str, Any]:
    """Return the ``sa_column_kwargs`` of a time that the database's clock fills in."""
    return {"server_default": APP_NOW}
