"""Which kind of organization can have which size. Pure."""

from collections.abc import Mapping
from typing import Final

from marketplace.members.organizations.models import OrganizationKind as Kind
from marketplace.members.organizations.models import OrganizationSize as Size

_COMPANY: Final = (Size.small, Size.medium, Size.mid_size, Size.large)

# A cooperative counts as a small or medium enterprise by 중소기업기본법 제2조제1항; every other
# association, and every university and institute, is here as a non-profit institution (S3, S4).
SIZES_OF: Final[Mapping[Kind, tuple[Size, ...]]] = {
    Kind.manufacturer: _COMPANY,
    Kind.smart_factory_supplier: _COMPANY,
    Kind.other_company: _COMPANY,
    Kind.university: (Size.non_profit,),
    Kind.public_institute: (Size.non_profit,),
    Kind.association: (Size.non_profit, Size.small, Size.medium),
}


def fits(kind: Kind, size: Size) -> bool:
    """Whether an organization of the kind can have the size."""
    return size in SIZES_OF[kind]
