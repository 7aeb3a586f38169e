"""What can be refused around sellers."""

from marketplace.errors import NotFound


class SellerNotFound(NotFound):
    """Nobody sells under this id."""

    code = "seller_not_found"
    ko = "그런 판매자가 없습니다. 주소를 확인하거나 데이터 찾기에서 다시 찾으십시오."
    en = "There is no such seller. Check the address or search the market again."
