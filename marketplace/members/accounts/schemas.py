"""What crosses the wire about accounts, apart from the tables; the forms of the pages use it too."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from marketplace.auth import Principal, Role, TokenScope
from marketplace.members.accounts.addresses import EmailAddress
from marketplace.members.accounts.api_tokens import DAYS_MAX
from marketplace.members.accounts.models import ApiToken, LegalKind, Passkey, UserSession
from marketplace.members.accounts.second_factor import Factors

# At least one sign that is seen; no control characters, no line ends, nothing that turns the
# direction of what follows.
PRINTABLE = r"^(?=.*\S)[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
# Longer than any accepted password, so that the policy and not the form says what is wrong.
Password = Annotated[str, Meta(min_length=1, max_length=1_000)]
Secret = Annotated[str, Meta(min_length=1, max_length=100)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
TypedEmail = Annotated[str, Meta(min_length=1, max_length=254)]
PersonName = Annotated[str, Meta(min_length=1, max_length=80, pattern=PRINTABLE)]
Phone = Annotated[str, Meta(max_length=30, pattern=r"^[0-9+() .-]*$")]
Label = Annotated[str, Meta(min_length=1, max_length=60, pattern=PRINTABLE)]
KindOfCode = Literal["authenticator", "recovery_code"]


class SignInIn(Struct, forbid_unknown_fields=True):
    """Mail address and password."""

    email: TypedEmail
    password: Password


class CodeIn(Struct, forbid_unknown_fields=True):
    """A code of the second factor."""

    code: Code
    kind: KindOfCode = "authenticator"


class PasskeyAnswerIn(Struct, forbid_unknown_fields=True):
    """What the browser's authenticator answered to a challenge."""

    challenge_id: UUID
    answer: dict[str, Any]


class PasskeyIn(Struct, forbid_unknown_fields=True):
    """A new passkey: what the authenticator answered, and what the person calls it."""

    challenge_id: UUID
    answer: dict[str, Any]
    label: Label


class PasskeyLabelIn(Struct, forbid_unknown_fields=True):
    """Another label for a passkey."""

    label: Label


class ProofIn(Struct, forbid_unknown_fields=True):
    """The password again, or a code of the second factor."""

    password: Password | None = None
    code: Code | None = None
    kind: KindOfCode = "authenticator"


class ResetAskIn(Struct, forbid_unknown_fields=True):
    """Whose password is to be reset, or whose address to be confirmed."""

    email: TypedEmail


class ResetIn(Struct, forbid_unknown_fields=True):
    """The secret of the link and the new password."""

    token: Secret
    password: Password


class LinkIn(Struct, forbid_unknown_fields=True):
    """The secret of a link."""

    token: Secret


class ConfirmIn(Struct, forbid_unknown_fields=True):
    """The secret of the link and the password that was chosen at sign-up."""

    token: Secret
    password: Password


class FirstSignInIn(Struct, forbid_unknown_fields=True):
    """The secret of the link, name, password, and agreement to the texts in force."""

    token: Secret
    name: PersonName
    password: Password
    terms: bool = False
    privacy: bool = False

    @property
    def agreed(self) -> list[LegalKind]:
        """The texts that were agreed to."""
        return [kind for kind in LegalKind if getattr(self, kind.value)]


class PasswordIn(Struct, forbid_unknown_fields=True):
    """The present password and the new one."""

    present_password: Password
    new_password: Password


class EmailIn(Struct, forbid_unknown_fields=True):
    """The new mail address."""

    email: EmailAddress


class ProfileIn(Struct, forbid_unknown_fields=True):
    """Details to change; what is left out stays."""

    name: PersonName | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    language: Literal["ko", "en"] | UnsetType | None = UNSET
    theme: Literal["light", "dark"] | UnsetType | None = UNSET


class ConsentIn(Struct, forbid_unknown_fields=True):
    """Agreement to the texts in force."""

    kinds: Annotated[list[LegalKind], Meta(min_length=1, max_length=2)]


class TokenIn(Struct, forbid_unknown_fields=True):
    """A token to make: what it is called, what it may do, how many days it lasts."""

    name: Label
    scopes: Annotated[list[TokenScope], Meta(min_length=1, max_length=len(TokenScope))]
    days: Annotated[int, Meta(ge=1, le=DAYS_MAX)]


class MutedIn(Struct, forbid_unknown_fields=True):
    """The kinds of notice of which no mail is wanted; all others are sent."""

    kinds: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=200)]


class SignedInOut(Struct):
    """What a sign-in gives besides the cookie, and what is due before anything else."""

    csrf_token: str
    second_factor_due: bool
    consent_due: bool


class PlaceOut(Struct):
    """The organization that a person acts for."""

    id: UUID
    name: str
    function: str


class MeOut(Struct):
    """Who asks."""

    id: UUID
    email: str
    name: str
    language: str | None
    theme: str | None
    organization: PlaceOut | None
    roles: list[Role]
    scopes: list[TokenScope]
    second_factor: bool
    second_factor_due: bool
    consent_due: bool
    unread_notices: int

    @classmethod
    def of(cls, who: Principal) -> "MeOut":
        """Shape a principal."""
        place = None
        if who.organization_id and who.organization_name and who.function:
            place = PlaceOut(who.organization_id, who.organization_name, who.function.value)
        return cls(
            id=who.user_id,
            email=who.email,
            name=who.name,
            language=who.language,
            theme=who.theme,
            organization=place,
            roles=sorted(who.roles),
            scopes=sorted(who.scopes),
            second_factor=who.second_factor,
            second_factor_due=who.second_factor_due,
            consent_due=who.consent_due,
            unread_notices=who.unread_count,
        )


class ProfileOut(Struct):
    """A person's own details."""

    name: str
    email: str
    phone: str
    language: str | None
    theme: str | None
    created_at: datetime


class FactorsOut(Struct):
    """What a person has besides the password."""

    authenticator: bool
    passkeys: int
    recovery_codes_left: int
    compulsory: bool

    @classmethod
    def of(cls, factors: Factors, *, compulsory: bool) -> "FactorsOut":
        """Shape what a person has."""
        return cls(factors.authenticator, factors.passkeys, factors.recovery_codes, compulsory)


class SetUpOut(Struct):
    """An authenticator app being set up; shown while it waits for its first code."""

    secret: str
    otpauth_uri: str


class RecoveryCodesOut(Struct):
    """Ten recovery codes, shown this once."""

    recovery_codes: list[str]


class ChallengeOut(Struct):
    """A ceremony of a passkey begun: the options go to the browser's authenticator as they are."""

    challenge_id: UUID
    options: dict[str, Any]


class PasskeyOut(Struct):
    """A passkey."""

    id: UUID
    label: str
    created_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, passkey: Passkey) -> "PasskeyOut":
        """Shape a row."""
        return cls(passkey.id, passkey.label, passkey.created_at, passkey.last_used_at)


class SessionOut(Struct):
    """A browser in which the person is signed in."""

    id: UUID
    present: bool
    created_at: datetime | None
    last_seen_at: datetime | None
    expires_at: datetime
    address: str | None
    user_agent: str
    second_factor: bool

    @classmethod
    def of(cls, row: UserSession, *, present: UUID | None) -> "SessionOut":
        """Shape a row; ``present`` is the session that asks."""
        return cls(
            id=row.id,
            present=row.id == present,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            address=None if row.address is None else str(row.address),
            user_agent=row.user_agent,
            second_factor=row.second_factor_at is not None,
        )


class TokenOut(Struct):
    """An API token by its beginning."""

    id: UUID
    name: str
    hint: str
    scopes: list[str]
    created_at: datetime | None
    expires_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, row: ApiToken) -> "TokenOut":
        """Shape a row."""
        return cls(
            id=row.id,
            name=row.name,
            hint=row.hint,
            scopes=row.scopes,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )


class NewTokenOut(Struct):
    """A token just made; ``token`` is shown this once."""

    token: str
    id: UUID
    name: str
    hint: str
    scopes: list[str]
    expires_at: datetime


class NoticeOut(Struct):
    """A notice in the language asked for."""

    id: UUID
    kind: str
    subject: str
    text: str
    link: str
    created_at: datetime
    read_at: datetime | None


class NoticesOut(Struct):
    """A page of notices; ``next`` is the cursor of the following one."""

    notices: list[NoticeOut]
    next: str | None


class MutedOut(Struct):
    """The kinds of which no mail is sent, and those that may be switched off."""

    muted: list[str]
    mutable: list[str]
