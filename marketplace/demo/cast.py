"""Who takes part in the demonstration. Every name is a role or says that it is made up."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from marketplace.auth import Function, Role
from marketplace.members.accounts.models import PersonRole
from marketplace.members.organizations.models import (
    OrganizationKind,
    OrganizationSize,
    PaperKind,
)
from marketplace.members.registry.business_number import check_digit
from marketplace.members.registry.port import TaxType


def _number(first_nine: str) -> str:
    return f"{first_nine}{check_digit(first_nine)}"


@dataclass(frozen=True)
class CastOrganization:
    """An organization of the demonstration, found again by its sandbox number."""

    business_number: str
    name: str
    representative: str
    function: Function
    kind: OrganizationKind
    size: OrganizationSize
    tax_type: TaxType
    business_type: str
    business_item: str
    papers: tuple[PaperKind, ...] = (PaperKind.business_registration,)
    opened_on: date = date(2015, 3, 2)
    address: str = "가상시 견본구 시연로 1"
    phone: str = "000-0000-0000"

    @property
    def invoice_email(self) -> str:
        """An address that no mail reaches."""
        return f"tax-{self.business_number}@demo.invalid"


@dataclass(frozen=True)
class CastPerson:
    """A person of the demonstration.

    Args:
        email: ends with ``.invalid``
        place: where the person belongs; None for evaluators and experts
        note: what can be tried with the account, in Korean and English
    """

    email: str
    name: str
    place: CastOrganization | None
    roles: tuple[Role, ...]
    note: tuple[str, str]
    person_role: PersonRole | None = None

    @property
    def role_words(self) -> str:
        """The roles as one text."""
        if self.person_role is not None:
            return self.person_role.value
        return ", ".join(role.value for role in self.roles)


MAKER: Final = CastOrganization(
    business_number=_number("999810101"),
    name="가상정밀(주)",
    representative="시연 대표 가",
    function=Function.business,
    kind=OrganizationKind.manufacturer,
    size=OrganizationSize.small,
    tax_type=TaxType.general,
    business_type="제조업",
    business_item="가상 금속 부품 가공",
    papers=(
        PaperKind.business_registration,
        PaperKind.size_certificate,
        PaperKind.bankbook,
    ),
)
BUYER: Final = CastOrganization(
    business_number=_number("999810102"),
    name="견본설비(주)",
    representative="시연 대표 나",
    function=Function.business,
    kind=OrganizationKind.smart_factory_supplier,
    size=OrganizationSize.medium,
    tax_type=TaxType.general,
    business_type="제조업",
    business_item="가상 자동화 설비",
    papers=(PaperKind.business_registration, PaperKind.size_certificate),
)
UNIVERSITY: Final = CastOrganization(
    business_number=_number("999820103"),
    name="가상대학교 산학협력단(견본)",
    representative="시연 단장 다",
    function=Function.business,
    kind=OrganizationKind.university,
    size=OrganizationSize.non_profit,
    tax_type=TaxType.non_profit,
    business_type="교육 서비스업",
    business_item="가상 연구",
    papers=(PaperKind.business_registration, PaperKind.non_profit_proof),
)
AGENCY: Final = CastOrganization(
    business_number=_number("999820104"),
    name="가상 사업 운영기관(견본)",
    representative="시연 기관장 라",
    function=Function.operating_agency,
    kind=OrganizationKind.association,
    size=OrganizationSize.non_profit,
    tax_type=TaxType.non_profit,
    business_type="서비스업",
    business_item="가상 지원사업 운영",
    papers=(),
)
ORGANIZATIONS: Final = (MAKER, BUYER, UNIVERSITY, AGENCY)


def _staff(email: str, name: str, role: Role, note: tuple[str, str]) -> CastPerson:
    return CastPerson(email, name, None, (role,), note)


# The exchange's own people; their organization is the operator of the settings.
STAFF: Final = (
    _staff(
        "admin@exchange.invalid",
        "시연 관리자",
        Role.administrator,
        ("회원과 기관 관리, 감사 기록", "members, bodies, audit trail"),
    ),
    _staff(
        "admin2@exchange.invalid",
        "시연 둘째 관리자",
        Role.administrator,
        ("두 번째 관리자의 확인", "confirms as the second administrator"),
    ),
    _staff(
        "reviewer@exchange.invalid",
        "시연 심사 담당",
        Role.reviewer,
        ("서류와 등록심사", "papers and reviews"),
    ),
    _staff(
        "finance@exchange.invalid",
        "시연 정산 담당",
        Role.finance,
        ("계좌 확인과 정산", "bank accounts and settlement"),
    ),
)
MEMBERS: Final = (
    CastPerson(
        "owner@maker.invalid",
        "시연 제조사 대표 관리자",
        MAKER,
        (Role.owner,),
        ("제조기업의 대표 관리자", "owner of the manufacturer"),
    ),
    CastPerson(
        "seller@maker.invalid",
        "시연 판매 담당",
        MAKER,
        (Role.seller,),
        ("상품 등록과 판매", "lists and sells data"),
    ),
    CastPerson(
        "owner@buyer.invalid",
        "시연 구매사 대표 관리자",
        BUYER,
        (Role.owner, Role.buyer),
        ("구매기업의 대표 관리자", "owner of the buying company"),
    ),
    CastPerson(
        "buyer@buyer.invalid",
        "시연 구매 담당",
        BUYER,
        (Role.buyer,),
        ("데이터 구매", "buys data"),
    ),
    CastPerson(
        "owner@university.invalid",
        "시연 대학 대표 관리자",
        UNIVERSITY,
        (Role.owner, Role.buyer),
        ("대학의 대표 관리자, 구매", "owner at the university, buys data"),
    ),
    CastPerson(
        "manager@agency.invalid",
        "시연 사업 운영 담당",
        AGENCY,
        (Role.agency_manager,),
        ("지원사업 운영, 평가위원 등록", "runs the programme, adds evaluators"),
    ),
)
PERSONS: Final = (
    CastPerson(
        "evaluator@people.invalid",
        "시연 평가위원",
        None,
        (),
        ("선정평가", "scores applications"),
        PersonRole.evaluator,
    ),
    CastPerson(
        "expert@people.invalid",
        "시연 전문가",
        None,
        (),
        ("컨설팅", "advises buyers"),
        PersonRole.expert,
    ),
)
PEOPLE: Final = (*STAFF, *MEMBERS, *PERSONS)
