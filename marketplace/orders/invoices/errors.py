"""Refusals of invoices."""

from marketplace.errors import Conflict, NotFound


class TaxInvoiceNotFound(NotFound):
    """No such paper that the caller may see."""

    code = "tax_invoice_not_found"
    ko = "세금계산서를 찾을 수 없습니다. 목록에서 다시 여십시오."
    en = "The tax invoice was not found. Open it from the list."


class TaxInvoiceNotFailed(Conflict):
    """Only a paper that failed is issued again."""

    code = "tax_invoice_not_failed"
    ko = "발급이나 전송에 실패한 세금계산서가 아닙니다. 새로 고쳐 지금 상태를 확인하십시오."
    en = "The tax invoice has not failed. Reload the page to see its state."


class TaxInvoiceNotSent(Conflict):
    """Only an original that the tax office has, and that stands, is amended."""

    code = "tax_invoice_not_sent"
    ko = "국세청에 전송된 당초 세금계산서만 수정할 수 있습니다. 전송이 끝난 뒤 다시 하십시오."
    en = "Only an original that the tax office has taken can be amended. Wait until it is sent."


class TaxInvoiceUnchanged(Conflict):
    """A correction that changes nothing."""

    code = "tax_invoice_unchanged"
    ko = "고친 항목이 없습니다. 틀린 항목을 바르게 적은 뒤 다시 보내십시오."
    en = "Nothing was changed. Write down what is right and send it again."


class TaxInvoiceFaulty(Conflict):
    """The corrected paper is not one that the standard allows."""

    code = "tax_invoice_faulty"
    ko = "이대로는 발급할 수 없습니다. {problems}"
    en = "It cannot be issued like this. {problems}"
