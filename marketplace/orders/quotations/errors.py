"""What can be refused around quotations."""

from marketplace.errors import Conflict, NotFound


class QuotationNotFound(NotFound):
    """The organization has no such quotation."""

    code = "quotation_not_found"
    ko = "그런 견적서가 없습니다. 견적서 목록을 새로 고치십시오."
    en = "There is no such quotation. Reload the list of quotations."


class CartEmpty(Conflict):
    """There is nothing in the cart that is on sale."""

    code = "cart_empty"
    ko = "장바구니에 판매 중인 상품이 없습니다. 상품을 담은 뒤 견적서를 만드십시오."
    en = "The cart holds nothing that is on sale. Put a product in before you make a quotation."


class CartChanged(Conflict):
    """A product of the cart has left the market."""

    code = "cart_changed"
    ko = "장바구니의 상품 가운데 판매가 끝난 것이 {count}개 있습니다. 그 상품을 빼고 다시 만드십시오."
    en = "{count} product(s) of the cart are no longer on sale. Take them out and try again."
