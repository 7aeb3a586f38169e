"""What can be refused around the cart."""

from marketplace.errors import Conflict, Forbidden, NotFound


class CartItemNotFound(NotFound):
    """The product is not in the organization's cart."""

    code = "cart_item_not_found"
    ko = "그 상품은 장바구니에 없습니다. 장바구니를 새로 고치십시오."
    en = "This product is not in the cart. Reload the cart."


class CartFull(Conflict):
    """The cart holds as much as it may."""

    code = "cart_full"
    ko = "장바구니에는 상품을 {most}개까지 담을 수 있습니다. 사지 않을 상품을 빼고 다시 담으십시오."
    en = "A cart holds at most {most} products. Take one out and try again."


class OwnProduct(Forbidden):
    """Nobody buys a product of the own organization."""

    code = "own_product"
    ko = "우리 기업이 파는 상품은 살 수 없습니다."
    en = "You cannot buy a product of your own organization."
