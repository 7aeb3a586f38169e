"""What can be refused around wanted data."""

from marketplace.errors import Conflict, FieldError, Forbidden, Invalid, NotFound


class WantedNotFound(NotFound):
    """There is no such request that the person may see."""

    code = "wanted_not_found"
    ko = "그런 데이터 요청이 없거나 거래소가 가렸습니다. 찾는 데이터 목록을 새로 고치십시오."
    en = "There is no such request for data, or the exchange has hidden it. Reload the list."


class WantedThreadNotFound(NotFound):
    """There is no such thread that the person's organization takes part in."""

    code = "wanted_thread_not_found"
    ko = "그런 대화가 없습니다. 데이터 요청 화면을 새로 고치십시오."
    en = "There is no such thread. Reload the page of the request."


class WantedClosed(Conflict):
    """The request is no longer open."""

    code = "wanted_closed"
    ko = "끝난 데이터 요청입니다. 답하거나 고칠 수 없습니다. 다시 찾으려면 새로 요청하십시오."
    en = "This request is closed. It takes no answer and no change. Ask anew to look again."


class WantedHidden(Conflict):
    """The operator has hidden the request."""

    code = "wanted_hidden"
    ko = "거래소 운영기관이 가린 데이터 요청입니다. 답하거나 고칠 수 없습니다."
    en = "The exchange has hidden this request. It cannot be answered or changed."


class WantedFull(Conflict):
    """The organization looks for as much as it may."""

    code = "wanted_full"
    ko = "우리 기업이 올린 열린 데이터 요청이 이미 {most}건 있습니다. 하나를 끝낸 뒤 다시 요청하십시오."
    en = "Your organization has {most} open requests. Close one of them first."


class OwnWanted(Forbidden):
    """Nobody answers a request of the own organization."""

    code = "own_wanted"
    ko = "우리 기업의 데이터 요청에는 답할 수 없습니다."
    en = "You cannot answer a request of your own organization."


class WantedThreadFull(Conflict):
    """The thread has as many messages as one may."""

    code = "wanted_thread_full"
    ko = "이 대화에는 글을 {most}건까지 쓸 수 있습니다. 상대에게 직접 연락하십시오."
    en = "This thread takes {most} messages. Contact the other side directly."


class WantedProductWrong(Invalid):
    """The product is none of the seller's that is on sale."""

    code = "wanted_product_wrong"
    ko = "판매 중인 우리 기업의 상품이 아닙니다. 목록에서 다시 고르십시오."
    en = "This is no product of yours that is on sale. Choose one of the list."

    def __init__(self) -> None:
        super().__init__([FieldError("product_id", self.code, type(self).ko, type(self).en)])


class WantedInvalid(Invalid):
    """Words, budget, date or industry of a request break a rule."""

    code = "wanted_invalid"
    ko = "데이터 요청에서 고칠 항목이 {count}개 있습니다."
    en = "{count} value(s) of the request must be corrected."
