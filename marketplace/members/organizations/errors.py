"""What organizations and their members can be refused."""

from marketplace.errors import Conflict, FieldError, Forbidden, Invalid, NotFound


class NoOrganization(NotFound):
    """The person belongs to no organization."""

    code = "no_organization"
    ko = "속한 기업이 없습니다. 기업을 등록하거나, 기업의 초대를 받아 들어오십시오."
    en = "You belong to no organization. Register one, or ask one to invite you."


class OrganizationNotActive(Conflict):
    """The organization is suspended, closed or not confirmed."""

    code = "organization_not_active"
    ko = "기업이 이용할 수 있는 상태가 아니어서 처리하지 못했습니다. 기업 정보 화면에서 상태를 확인하십시오."
    en = "The organization is not active, so this was not done. See its state on its page."


class BelongsElsewhere(Conflict):
    """The person belongs to an organization already; one at a time."""

    code = "belongs_elsewhere"
    ko = "이미 다른 기업에 속해 있습니다. 한 사람은 한 기업에만 속하므로, 그 기업에서 먼저 탈퇴하십시오."
    en = "The person belongs to another organization. One at a time: leave that one first."


class MemberNotFound(NotFound):
    """No such member of this organization."""

    code = "member_not_found"
    ko = "이 기업에 그런 회원이 없습니다. 회원 목록을 새로 고쳐 확인하십시오."
    en = "The organization has no such member. Reload the list of members."


class AlreadyMember(Conflict):
    """The invited address belongs to a member."""

    code = "already_member"
    ko = "{email}은(는) 이미 이 기업의 회원입니다. 권한은 회원 목록에서 바꾸십시오."
    en = "{email} is a member already. Change the roles in the list of members."


class NotYourself(Conflict):
    """The act is meant for another member."""

    code = "not_yourself"
    ko = "자기 자신은 내보낼 수 없습니다. 기업에서 나가려면 ‘기업에서 나가기’를 쓰십시오."
    en = "You cannot remove yourself. To leave, use “Leave the organization”."


class NoLongerOwner(Forbidden):
    """The role was taken away while the request was on its way."""

    code = "no_longer_owner"
    ko = "방금 권한이 바뀌어 처리하지 못했습니다. 화면을 새로 고쳐 확인하십시오."
    en = "Your role has just changed, so this was not done. Reload the page."


class RolesInvalid(Invalid):
    """The roles are none, or none of this organization's."""

    code = "roles_invalid"
    ko = "권한을 하나 이상 고르십시오."
    en = "Choose at least one role."


def roles_field(field: str = "roles") -> FieldError:
    """Return the reason for roles that this organization does not have."""
    return FieldError(
        field,
        "roles_invalid",
        "이 기업에서 쓸 수 있는 권한을 하나 이상 고르십시오.",
        "Choose one or more of the roles that this organization has.",
    )


class InvitationOpen(Conflict):
    """The address has an invitation that still counts."""

    code = "invitation_open"
    ko = "{email}에 보낸 초대가 아직 유효합니다. 다시 보내거나, 철회한 뒤 새로 초대하십시오."
    en = "{email} has an open invitation. Send it again, or withdraw it and invite anew."


class InvitationNotFound(NotFound):
    """No open invitation of this organization with this id."""

    code = "invitation_not_found"
    ko = "이 초대는 이미 수락되었거나 철회되었습니다. 회원 화면을 새로 고쳐 확인하십시오."
    en = "This invitation was accepted or withdrawn. Reload the members page."


class InvitationNotUsable(NotFound):
    """The link is unknown, over, used or withdrawn; which of them is not told."""

    code = "invitation_not_usable"
    ko = "이 초대 링크는 쓸 수 없습니다. 기한이 지났거나 철회되었을 수 있습니다. 초대한 분에게 다시 보내 달라고 하십시오."
    en = (
        "This invitation cannot be used: it may be over or withdrawn. Ask the sender for a new one."
    )


class InvitationForAnother(Conflict):
    """Signed in under another address than the invited one."""

    code = "invitation_for_another"
    ko = "초대받은 주소와 로그인한 주소가 다릅니다. 로그아웃한 뒤 초대받은 주소로 로그인하십시오."
    en = "You are signed in under another address than the invited one. Sign in under that address."


class InvitationNeedsSignIn(Conflict):
    """The invited address has an account: its owner signs in to accept."""

    code = "invitation_needs_sign_in"
    ko = "이 주소로 가입한 계정이 있습니다. 로그인한 뒤 초대를 수락하십시오."
    en = "This address has an account. Sign in to accept the invitation."


class JoinRequestNotFound(NotFound):
    """No such request to this organization."""

    code = "join_request_not_found"
    ko = "그런 가입 요청이 없습니다. 화면을 새로 고쳐 확인하십시오."
    en = "There is no such request to join. Reload the page."


class JoinRequestAnswered(Conflict):
    """Somebody answered or withdrew it already."""

    code = "join_request_answered"
    ko = "이미 처리되었거나 철회된 가입 요청입니다. 화면을 새로 고쳐 확인하십시오."
    en = "The request was answered or withdrawn already. Reload the page."


class RegistryAskedRecently(Conflict):
    """The last question to the registry has not been answered yet."""

    code = "registry_asked_recently"
    ko = "국세청 확인을 이미 요청했습니다. 결과가 나오면 이 화면과 알림으로 알려 드립니다."
    en = "The tax office has been asked already. The answer will appear here and in your notices."
