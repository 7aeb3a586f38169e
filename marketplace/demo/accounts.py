"""The table of accounts that ``marketplace run`` prints, and the current code of one person."""

from dataclasses import dataclass
from datetime import UTC, datetime

from marketplace.demo.cast import PEOPLE
from marketplace.demo.credentials import find, read_or_make, require_sandbox
from marketplace.errors import NotFound
from marketplace.members.accounts.totp import STEP_S, code_of_step, step_of
from marketplace.settings import Settings


class DemoAccountUnknown(NotFound):
    """The demonstration has nobody with the address, or was not loaded."""

    code = "demo_account_unknown"
    ko = "{email}: 시연 계정이 아니거나 시연 자료를 아직 넣지 않았습니다. marketplace demo accounts로 확인하십시오."
    en = "{email} is no account of the demonstration, or it is not loaded yet. See marketplace demo accounts."


@dataclass(frozen=True)
class DemoAccount:
    """One account as a person signs in with it.

    Args:
        role: what the person may do, in the words of the code
        code: the second factor of this half minute
    """

    email: str
    name: str
    organization: str
    role: str
    password: str
    code: str
    note_ko: str
    note_en: str


def demo_accounts(settings: Settings, *, at: datetime | None = None) -> list[DemoAccount]:
    """Return every account of the demonstration with its password and present code.

    Args:
        at: the instant of the codes [UTC], now unless given

    Raises:
        DemonstrationRefused: the settings are those of production
        ConfigurationError: the file of the credentials cannot be read or written
    """
    require_sandbox(settings)
    made = read_or_make(settings.data_dir, [person.email for person in PEOPLE])
    step = step_of(at or datetime.now(UTC))
    return [
        DemoAccount(
            email=person.email,
            name=person.name,
            organization=person.place.name if person.place else "",
            role=person.role_words,
            password=made[person.email].password,
            code=code_of_step(made[person.email].secret, step),
            note_ko=person.note[0],
            note_en=person.note[1],
        )
        for person in PEOPLE
    ]


def demo_code(settings: Settings, email: str, *, at: datetime | None = None) -> tuple[str, int]:
    """Return a person's present second-factor code and for how many seconds it is shown.

    Args:
        at: the instant [UTC], now unless given

    Raises:
        DemonstrationRefused: the settings are those of production
        DemoAccountUnknown: nobody of the demonstration has the address
    """
    require_sandbox(settings)
    credential = find(settings.data_dir, email.strip().lower())
    if credential is None:
        raise DemoAccountUnknown(email=email)
    instant = at or datetime.now(UTC)
    code = code_of_step(credential.secret, step_of(instant))
    return code, STEP_S - int(instant.timestamp()) % STEP_S
