"""What sellers can be refused while they upload data."""

from marketplace.errors import (
    Conflict,
    FieldError,
    Gone,
    Invalid,
    MarketplaceError,
    NotFound,
    Unavailable,
)


class VersionNotFound(NotFound):
    """No such dataset version of this organization."""

    code = "dataset_version_not_found"
    ko = "그런 데이터셋 판이 없습니다. 상품의 판 목록을 새로 고쳐 확인하십시오."
    en = "There is no such dataset version. Reload the product's list of versions."


class FileNotFound(NotFound):
    """No such file of this organization."""

    code = "data_file_not_found"
    ko = "그런 파일이 없습니다. 판의 파일 목록을 새로 고쳐 확인하십시오."
    en = "There is no such file. Reload the version's list of files."


class VersionClosed(Conflict):
    """The version takes no changes any more."""

    code = "dataset_version_closed"
    ko = "이미 확정한 판이라서 바꿀 수 없습니다. 새 판을 만들어 올리십시오."
    en = "This version is closed and cannot be changed. Make a new version."


class VersionOpen(Conflict):
    """A version of the product is open already."""

    code = "dataset_version_open"
    ko = "이미 올리고 있는 판 {number}이(가) 있습니다. 그 판을 확정하거나 버린 뒤 새 판을 만드십시오."
    en = "Version {number} is being uploaded already. Close it or give it up first."


class VersionNotReady(Conflict):
    """Only a version that is ready can be revoked."""

    code = "dataset_version_not_ready"
    ko = "준비된 판만 회수할 수 있습니다. 올리고 있는 판은 버리고, 이미 회수된 판이면 판 목록을 새로 고쳐 확인하십시오."
    en = "Only a version that is ready can be revoked. Give up one that is being uploaded; reload the list of versions to see whether it is revoked already."


class ReportMissing(NotFound):
    """The version has no quality report yet."""

    code = "quality_report_missing"
    ko = "이 판에는 아직 품질 보고서가 없습니다. 판을 확정하고 모든 파일의 검사가 끝나면 만들어집니다."
    en = "This version has no quality report yet. It is made when the version is closed and all its files are examined."


class VersionRevoked(Conflict):
    """The version that would be sold was revoked."""

    code = "dataset_version_revoked"
    ko = "판매할 데이터셋 판 {number}이(가) 회수되었습니다. 새 판을 올려 승인을 받은 뒤 판매하십시오."
    en = "Dataset version {number}, which would be sold, was revoked. Upload a new version and have it approved first."


class VersionWithdrawn(Gone):
    """The version was on sale and has been revoked."""

    code = "dataset_version_gone"
    ko = "판 {number}은(는) {at}에 회수되었습니다. 사유: {reason} 이 판은 더 내려받거나 살 수 없으니, 상품 화면에서 다른 판을 확인하십시오."
    en = "Version {number} was revoked on {at}. Reason: {reason} It can be neither downloaded nor bought any more; see the product's page for another."


class VersionEmpty(Conflict):
    """The version holds no file."""

    code = "dataset_version_empty"
    ko = "판에 파일이 없습니다. 파일을 하나 이상 올린 뒤 확정하십시오."
    en = "The version holds no file. Upload at least one, then close it."


class FilesUnfinished(Conflict):
    """Some files were not sent to their end."""

    code = "data_files_unfinished"
    ko = "아직 다 올라오지 않은 파일이 {count}개 있습니다. 이어서 올리거나 뺀 뒤 확정하십시오."
    en = "{count} files have not been sent to their end. Continue or remove them, then close the version."


class FilesFull(Conflict):
    """The version holds as many files as it may."""

    code = "data_files_full"
    ko = "한 판에는 파일을 {most}개까지 올릴 수 있습니다. 여러 파일을 ZIP 하나로 묶어 올리십시오."
    en = "A version holds at most {most} files. Pack several into one ZIP."


class FileTooLarge(Conflict):
    """The file is larger than one may be."""

    code = "data_file_too_large"
    ko = "파일은 {limit_bytes}바이트까지 올릴 수 있습니다. 나누어 올리십시오."
    en = "A file may have at most {limit_bytes} bytes. Split it."


class StorageFull(Conflict):
    """The organization's files take as much room as they may."""

    code = "organization_storage_full"
    ko = "기업이 쓸 수 있는 {limit_bytes}바이트를 다 썼습니다. 쓰지 않는 판을 버린 뒤 다시 올리십시오."
    en = "Your organization has used its {limit_bytes} bytes. Give up versions that are not used and try again."


class FileExists(Conflict):
    """The version holds a file of this name."""

    code = "data_file_exists"
    ko = "이 판에 {path} 파일이 이미 있습니다. 앞의 파일을 빼거나 이름을 바꿔 올리십시오."
    en = "The version already holds {path}. Remove that file or rename this one."


class FileStateWrong(Conflict):
    """The file is not in a state in which this can be done."""

    code = "data_file_state"
    ko = "지금 상태({state})에서는 할 수 없습니다. 파일 목록을 새로 고쳐 확인하십시오."
    en = "This cannot be done in the state “{state}”. Reload the list of files."


class PartsMissing(Conflict):
    """The store does not hold every part."""

    code = "upload_parts_missing"
    ko = "올라오지 않은 조각이 있습니다. 이어서 올린 뒤 다시 끝내십시오. 받은 크기 {received_bytes} / {size_bytes}바이트"
    en = "Some parts have not arrived. Continue the upload and finish again. Received {received_bytes} of {size_bytes} bytes."


class NameRefused(Invalid):
    """The file's name cannot be shown safely."""

    code = "data_file_name"
    ko = "파일 이름을 쓸 수 없습니다."
    en = "The file's name cannot be used."

    def __init__(self) -> None:
        super().__init__(
            [
                FieldError(
                    "path",
                    self.code,
                    "파일 이름에 쓸 수 없는 글자(제어 문자, 방향 문자, ..)가 있습니다. 이름을 고쳐 다시 올리십시오.",
                    "The name holds characters that are not allowed (control, direction, ..). Rename the file.",
                )
            ]
        )


class WorkerDiskFull(Unavailable):
    """The worker has no room for the file; it is tried again later."""

    code = "worker_disk_full"
    ko = "검사하는 서버의 디스크에 {size_bytes}바이트를 둘 자리가 없습니다. 거래소 운영기관이 자리를 늘리면 다시 검사합니다."
    en = "The examining server's disk has no room for {size_bytes} bytes. The file is examined again when the operator has made room."


class ScannerUnavailable(Unavailable):
    """The malware scanner that the settings name gives no verdict; the file is scanned again later."""

    code = "scanner_unavailable"
    ko = "악성코드 검사 프로그램이 답하지 않아 파일을 검사하지 못했습니다. 잠시 뒤 다시 검사합니다. 받은 답: {answer}"
    en = "The malware scanner gave no verdict on the file. It is scanned again in a while. Its answer: {answer}"


class KeyUnknown(MarketplaceError):
    """No key of this id ever signed or is to sign."""

    code = "quality_key_unknown"
    ko = "서명 열쇠 {key_id}이(가) 없습니다. marketplace keys list로 확인하십시오."
    en = "There is no signing key {key_id}. See marketplace keys list."
