"""What the operator's acts can refuse."""

from marketplace.errors import Conflict, FieldError, Forbidden, Invalid


class OwnAccount(Forbidden):
    """Nobody acts on the own account or the own organization here."""

    code = "own_account"
    ko = "자기 계정이나 자기 기관에는 할 수 없습니다. 다른 관리자에게 맡기십시오."
    en = "You cannot do this to your own account or organization. Ask another administrator."


class AlreadyDecided(Conflict):
    """Somebody else decided first."""

    code = "already_decided"
    ko = "이미 결정된 건입니다. 화면을 새로 고쳐 결과를 확인하십시오."
    en = "This has been decided already. Reload the page to see the decision."


class ReasonMissing(Invalid):
    """A decision against somebody, or one that reads data out, says why."""

    code = "reason_missing"
    ko = "사유를 적으십시오. 상대에게 전해지고 감사 기록에 남습니다."
    en = "Enter the reason. It is passed on and kept in the audit trail."

    def __init__(self) -> None:
        super().__init__([FieldError("reason", self.code, type(self).ko, type(self).en)])


class PaperNotReady(Conflict):
    """The file has not arrived completely."""

    code = "paper_not_ready"
    ko = "서류 파일이 아직 다 올라오지 않았습니다. 잠시 뒤에 다시 확인하십시오."
    en = "The file has not arrived completely. Look again in a moment."


class RepresentativePapersMissing(Conflict):
    """The representative is verified from an accepted business registration certificate."""

    code = "representative_papers_missing"
    ko = "확인 완료한 사업자등록증이 없어 대표자를 확인할 수 없습니다. 먼저 서류를 검토하십시오."
    en = (
        "There is no accepted business registration certificate, so the representative cannot be"
        " verified. Examine the papers first."
    )


class BankAccountHasSecondOwner(Conflict):
    """An organization with several owners confirms its account itself."""

    code = "bank_account_has_second_owner"
    ko = "대표 관리자가 여럿인 기업의 계좌는 그 기업의 다른 대표 관리자가 확인합니다."
    en = "This organization has several owners; another owner confirms the account."


class BankAccountNumberDiffers(Invalid):
    """What the operator read from the bankbook is not what the organization entered."""

    code = "bank_account_number_differs"
    ko = "통장 사본에서 읽은 번호가 등록한 번호와 다릅니다. 다시 읽어 입력하고, 그래도 다르면 사유를 적어 돌려보내십시오."
    en = (
        "The number read from the bankbook differs from the one that was entered. Read it again;"
        " if it still differs, refuse the account with a reason."
    )

    def __init__(self) -> None:
        super().__init__([FieldError("number", self.code, type(self).ko, type(self).en)])


class EmailTaken(Conflict):
    """The address belongs to a person of the exchange already."""

    code = "email_taken"
    ko = "{email}은(는) 이미 쓰이는 주소입니다. 다른 전자우편 주소를 쓰십시오."
    en = "{email} belongs to an account already. Use another address."


class BusinessNumberTaken(Conflict):
    """Another organization carries the number."""

    code = "business_number_taken"
    ko = "사업자등록번호 {business_number}은(는) 이미 등록되어 있습니다. 번호를 확인하십시오."
    en = "The business number {business_number} is registered already. Check the number."


class RolesNotOfBody(Invalid):
    """A role that the organization's function does not have, or none at all."""

    code = "roles_not_of_body"
    ko = "이 기관에 없는 권한이 들어 있거나 권한이 비어 있습니다. 목록에서 고르십시오."
    en = "A role does not belong to this body, or none was chosen. Choose from the list."

    def __init__(self) -> None:
        super().__init__([FieldError("roles", self.code, type(self).ko, type(self).en)])


class ProposalOpen(Conflict):
    """The same thing was proposed and waits for its second person."""

    code = "proposal_open"
    ko = "이 사람에 대한 같은 요청이 두 번째 관리자의 확인을 기다리고 있습니다."
    en = "The same request for this person is waiting for a second administrator."


class ProposalOwn(Forbidden):
    """Four eyes: who proposed does not confirm, and nobody confirms for themself."""

    code = "proposal_own"
    ko = (
        "자기가 올린 요청이나 자기에 대한 요청은 확인할 수 없습니다. 다른 관리자가 확인해야 합니다."
    )
    en = "You cannot confirm your own request or one about yourself. Another administrator must."


class ProposalExpired(Conflict):
    """The proposal waited too long."""

    code = "proposal_expired"
    ko = "확인 기한이 지난 요청입니다. 요청을 다시 올리십시오."
    en = "The request has expired. Make it again."


class FirstLinkNotDue(Conflict):
    """Nobody of the operator with this address waits for the first sign-in."""

    code = "first_link_not_due"
    ko = "{email}: 첫 로그인을 기다리는 운영기관 사람이 아닙니다. 주소를 확인하십시오. 이미 쓰는 계정은 비밀번호 재설정을 쓰십시오."
    en = (
        "{email} is nobody of the operator who still has to sign in first. Check the address; an"
        " account in use resets its password."
    )


class ExportTooLarge(Conflict):
    """More rows than one file takes; nothing is cut silently."""

    code = "export_too_large"
    ko = "내보낼 행이 {rows_max}행을 넘습니다. 기간이나 조건을 좁히십시오."
    en = "There are more than {rows_max} rows to export. Narrow the period or the conditions."
