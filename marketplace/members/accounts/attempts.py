"""How often somebody may try (requirement 6 of accounts); every try counts, also a right one."""

from typing import Final
from uuid import UUID

from marketplace.limits import count
from marketplace.members.accounts.visit import Visit

WINDOW_S: Final = 300
HOUR_S: Final = 3_600
DAY_S: Final = 86_400
SIGN_INS_OF_ALL: Final = 1_000
CODES_PER_WINDOW: Final = 5
CODES_PER_HOUR: Final = 20
CODES_PER_DAY: Final = 50
MAILS_PER_DAY: Final = 5
MAILS_PER_ADDRESS_AND_DAY: Final = 50


async def count_sign_in(visit: Visit, email: str) -> None:
    """Count a sign-in with a password, for everybody, the address and the account.

    Args:
        email: as typed; an unknown one is limited like a known one

    Raises:
        TooManyRequests: one of the limits is used up
    """
    most = visit.rules.sign_in_limit
    await count(visit.phases, "sign_in_all", "all", most=SIGN_INS_OF_ALL, window_s=WINDOW_S)
    await count(visit.phases, "sign_in_address", visit.address, most=most, window_s=WINDOW_S)
    await count(visit.phases, "sign_in_account", email[:254], most=most, window_s=WINDOW_S)


async def count_passkey(visit: Visit) -> None:
    """Count the start of a passkey sign-in; the person is not known yet.

    Raises:
        TooManyRequests: one of the limits is used up
    """
    most = visit.rules.sign_in_limit
    await count(visit.phases, "sign_in_all", "all", most=SIGN_INS_OF_ALL, window_s=WINDOW_S)
    await count(visit.phases, "passkey_address", visit.address, most=most, window_s=WINDOW_S)


async def count_proof(visit: Visit, user_id: UUID) -> None:
    """Count a password that a signed-in person types again.

    Raises:
        TooManyRequests: the limit is used up
    """
    await count(
        visit.phases,
        "reauthenticate",
        str(user_id),
        most=visit.rules.sign_in_limit,
        window_s=WINDOW_S,
    )


async def count_code(visit: Visit, user_id: UUID) -> None:
    """Count a code of a second factor, whichever kind.

    Raises:
        TooManyRequests: one of the limits is used up
    """
    for name, most, window_s in (
        ("code_day", CODES_PER_DAY, DAY_S),
        ("code_hour", CODES_PER_HOUR, HOUR_S),
        ("code_window", CODES_PER_WINDOW, WINDOW_S),
    ):
        await count(visit.phases, name, str(user_id), most=most, window_s=window_s)


async def count_mail(visit: Visit, name: str, email: str) -> None:
    """Count a link that somebody asks to be mailed, for the receiver and for the asker.

    Args:
        name: for example ``reset``
        email: where it goes, known here or not

    Raises:
        TooManyRequests: one of the limits is used up
    """
    await count(
        visit.phases,
        f"{name}_address",
        visit.address,
        most=MAILS_PER_ADDRESS_AND_DAY,
        window_s=DAY_S,
    )
    await count(visit.phases, name, email[:254], most=MAILS_PER_DAY, window_s=DAY_S)
