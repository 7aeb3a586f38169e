"""What can be refused around products on the market."""

from marketplace.errors import Gone, Invalid, NotFound


class ListingNotFound(NotFound):
    """Nothing is or was on sale under this id."""

    code = "listing_not_found"
    ko = "그런 상품이 없습니다. 주소를 확인하거나 데이터 찾기에서 다시 찾으십시오."
    en = "There is no such product. Check the address or search the market again."


class ListingWithdrawn(Gone):
    """The seller has taken it off the market."""

    code = "listing_withdrawn"
    ko = "판매자가 판매를 중지한 상품입니다. 이미 산 기업의 이용권은 그대로입니다."
    en = "The seller has taken this product off the market. What was bought stays usable."


class ListingSuspended(Gone):
    """The exchange's operator has stopped the sale."""

    code = "listing_suspended"
    ko = "거래소 운영기관이 판매를 멈춘 상품입니다. 이미 산 기업의 이용권은 그대로입니다."
    en = "The exchange has stopped the sale of this product. What was bought stays usable."


class CertificateMissing(NotFound):
    """The version's report was never signed."""

    code = "quality_certificate_missing"
    ko = "이 판의 품질 보고서에는 인증서가 없습니다. 인증서가 생기기 전에 만든 보고서이거나 아직 서명하지 않은 보고서입니다."
    en = "The report of this version has no certificate: it was made before there were any, or is not signed yet."


class OwnColumnsUnreadable(Invalid):
    """A buyer's columns are no list and no table."""

    code = "own_columns_unreadable"
    ko = "견줄 열을 읽지 못했습니다. 표시된 칸을 고치십시오."
    en = "The columns to compare could not be read. Correct the field that is marked."
