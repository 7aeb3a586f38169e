"""Refusals of invoices."""

from marketplace.errors import Conflict, NotFound, Unavailable


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


class TaxInvoiceListTooLong(Conflict):
    """More papers than one list holds."""

    code = "tax_invoice_list_too_long"
    ko = "이 기간의 세금계산서가 {most}건을 넘습니다. 기간을 나누어 받으십시오."
    en = "The period has more than {most} tax invoices. Take it in parts."


class TaxInvoiceNotIssued(Conflict):
    """There is no document before the paper is issued."""

    code = "tax_invoice_not_issued"
    ko = "아직 발급되지 않아 문서가 없습니다. 발급된 뒤에 받으십시오."
    en = "It has not been issued, so there is no document yet."


class TaxInvoiceProviderSilent(Unavailable):
    """The provider gave no answer; asked again later."""

    code = "tax_invoice_provider_unavailable"
    ko = "세금계산서 발급 서비스가 답하지 않습니다({reason}). 다시 묻습니다."
    en = "The service of tax invoices gives no answer ({reason}). It is asked again."
