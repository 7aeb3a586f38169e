"""What can be refused around products on the market."""

from marketplace.errors import Conflict


class ListingStateWrong(Conflict):
    """The product does not stand where this act begins."""

    code = "listing_state_wrong"
    ko = "지금 상태에서는 할 수 없습니다. 상품 화면을 새로 고쳐 판매 상태를 확인하십시오."
    en = "The product's state does not allow this. Reload its page and look at the state."


class ListTooLong(Conflict):
    """More products are on sale than one file takes."""

    code = "list_too_long"
    ko = "판매 중인 상품이 {most}건보다 많아 한 파일에 담지 못합니다. API로 나누어 받으십시오."
    en = "More than {most} products are on sale, too many for one file. Page through the API."
