"""What can be refused around reports of products."""

from marketplace.errors import Conflict, NotFound


class OwnProductReport(Conflict):
    """Nobody reports the own product."""

    code = "own_product_report"
    ko = "자기 상품은 신고할 수 없습니다. 판매를 멈추려면 상품 관리 화면을 쓰십시오."
    en = "Nobody reports the own product. To stop its sale, use its page under your products."


class ReportOpen(Conflict):
    """The organization has reported the product and waits for the outcome."""

    code = "report_open"
    ko = "이 상품에 대한 신고를 거래소가 이미 살피고 있습니다. 결과를 알림으로 알려 드립니다."
    en = "The exchange is looking into your report of this product. You will be told the outcome."


class ReportNotFound(NotFound):
    """There is no such report."""

    code = "report_not_found"
    ko = "그런 신고가 없습니다. 목록을 새로 고쳐 확인하십시오."
    en = "There is no such report. Reload the list."


class ReportClosed(Conflict):
    """The report has its outcome already."""

    code = "report_closed"
    ko = "이미 끝난 신고입니다. 화면을 새로 고쳐 결과를 확인하십시오."
    en = "This report is closed. Reload the page to see its outcome."


class StillOnSale(Conflict):
    """The outcome says that the sale was stopped, and it was not."""

    code = "still_on_sale"
    ko = "상품이 아직 판매 중입니다. 상품 화면에서 판매를 중지한 뒤 이 결과를 고르십시오."
    en = "The product is still on sale. Stop its sale on the product's page first, then choose this outcome."
