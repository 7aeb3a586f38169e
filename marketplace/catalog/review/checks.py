"""What is checked before a registration request is sent, and shown to the reviewer. Pure."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from marketplace.catalog.datasets.models import DatasetVersion, QualityReport, VersionState
from marketplace.catalog.matches.queries import KnownMatch
from marketplace.catalog.matches.telling import pct
from marketplace.catalog.products.completeness import NEEDED, missing_of
from marketplace.catalog.products.models import Product, ProductContent
from marketplace.members.organizations.readiness import Need

# A second reviewer looks at what costs as much as the subsidy pays at most (S1). Reading: E5 is silent.
SECOND_LOOK_WON: Final = 10_000_000
NAMED_MOST: Final = 3

_NEEDS: Final[dict[Need, tuple[str, str, str]]] = {
    Need.active: ("기업의 이용 상태", "The organization is active", "/organization"),
    Need.registry: ("국세청 사업자 상태", "The business is registered", "/organization"),
    Need.representative: ("대표자 확인", "The representative is verified", "/organization/papers"),
    Need.bank_account: (
        "정산받을 계좌",
        "A bank account for payouts",
        "/organization/bank-account",
    ),
    Need.size: ("기업 규모", "The organization's size", "/organization/edit"),
}


class PreCheck(Struct, frozen=True):
    """One line of the list: what is checked, whether it holds, and where to mend it.

    One that is not ``blocking`` warns and refuses nothing.
    """

    code: str
    passed: bool
    ko: str
    en: str
    href: str
    blocking: bool = True


def seller_checks(needs: Sequence[Need], *, profiled: bool, trained: bool) -> list[PreCheck]:
    """Return what is checked of the seller, whatever the product.

    Args:
        needs: what the organization lacks for selling
        profiled: whether the seller's public facts are written
        trained: whether a member has completed the training in force (E3)
    """
    lacking = set(needs)
    checks = [
        PreCheck(f"organization.{need}", need not in lacking, ko, en, href)
        for need, (ko, en, href) in _NEEDS.items()
        if need is not Need.size
    ]
    training = ("기본교육 이수", "The basic training is completed")
    profile = ("판매자 정보(통신판매업 신고)", "The seller's public facts")
    return [
        PreCheck("training.completed", trained, *training, "/training"),
        *checks,
        PreCheck("seller.profile", profiled, *profile, "/selling/profile"),
    ]


def product_checks(
    product: Product,
    content: ProductContent,
    version: DatasetVersion | None,
    report: QualityReport | None,
) -> list[PreCheck]:
    """Return what is checked of one content of a product."""
    here = f"/selling/products/{product.id}"
    missing = missing_of(product, content)
    checks = [
        PreCheck(f"product.{name}", name not in missing, ko, en, _place(here, name))
        for name, (ko, en) in NEEDED.items()
        if name != "augmentation" or name in missing
    ]
    ready = version is not None and version.state is VersionState.ready
    clear = report is not None and report.blocker_count == 0
    title = ("데이터셋 판이 준비됨", "The dataset version is ready")
    checks.append(PreCheck("dataset.ready", ready, *title, f"{here}/data"))
    title = ("품질 보고서에 차단 없음", "No blocking finding")
    return [*checks, PreCheck("dataset.report", clear, *title, f"{here}/data")]


def match_check(product: Product, known: Sequence[KnownMatch] | None) -> list[PreCheck]:
    """Return what is said of data that other products hold, too; nothing before the version was compared.

    Args:
        known: the seller's own products and those on sale; nobody else's draft is named
    """
    if known is None:
        return []
    ko = "판매 중인 다른 상품이나 우리 기업의 다른 상품과 겹치지 않음"
    en = "No data in common with products on sale or your own others"
    if known:
        first = known[:NAMED_MOST]
        more = len(known) - len(first)
        names = ", ".join(f"상품 {one.number} ‘{one.title}’ {pct(one.share)} %" for one in first)
        called = ", ".join(
            f"product {one.number} “{one.title}” {pct(one.share)} %" for one in first
        )
        ko = f"다른 상품과 자료가 겹침: {names}{f' 외 {more}개' if more else ''}. 팔 권리가 있는지 확인하고 데이터의 출처에 적으십시오."
        en = (
            f"Data in common with {called}{f' and {more} more' if more else ''}. "
            "See whether you may sell them, and say so in the provenance."
        )
    href = f"/selling/products/{product.id}/data"
    return [PreCheck("dataset.matches", not known, ko, en, href, blocking=False)]


def _place(here: str, name: str) -> str:
    places = {
        "licence": "/licence",
        "dataset_version_id": "/data",
        "price_won": "#price",
        "sample": "/sample",
    }
    return here + places.get(name, f"/edit#{name}")


def needs_second_look(product: Product) -> bool:
    """Whether a second reviewer confirms an approval."""
    return product.price_won is not None and product.price_won >= SECOND_LOOK_WON
