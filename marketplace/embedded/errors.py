"""What keeps the embedded servers from starting, each with the way out."""

from marketplace.errors import ConfigurationError


class FolderUnwritable(ConfigurationError):
    """The data folder can be neither made nor written."""

    code = "folder_unwritable"
    ko = "{folder}에 쓸 수 없습니다({reason}). 소유자를 바꾸거나 MARKETPLACE_DATA_DIR에 쓸 수 있는 폴더를 지정하십시오."
    en = "{folder} cannot be written ({reason}). Change its owner or set MARKETPLACE_DATA_DIR to a folder you can write."


class DiskFull(ConfigurationError):
    """Too little space is left for the servers."""

    code = "disk_full"
    ko = "{folder}의 디스크에 {free_mb}MB만 남아 {needed_mb}MB가 필요한 서버를 시작할 수 없습니다. 공간을 비우거나 MARKETPLACE_DATA_DIR로 다른 디스크를 지정하십시오."
    en = "The disk of {folder} has {free_mb} MB left and the servers need {needed_mb} MB. Free some space or set MARKETPLACE_DATA_DIR to another disk."


class FolderHeld(ConfigurationError):
    """Another run works on the same data."""

    code = "folder_held"
    ko = "{folder}은(는) 이미 실행 중인 거래소(프로세스 {pid}, 포트 {port})가 쓰고 있습니다. 그 거래소를 먼저 끝내거나 MARKETPLACE_DATA_DIR에 다른 폴더를 지정하십시오."
    en = "{folder} is in use by a running exchange (process {pid}, port {port}). End that one first or set MARKETPLACE_DATA_DIR to another folder."


class PortTaken(ConfigurationError):
    """Another process listens at the exchange's own address."""

    code = "port_taken"
    ko = "{host}:{port}은(는) 다른 프로그램이 쓰고 있습니다. 그 프로그램을 끝내거나 다른 번호로 시작하십시오: MARKETPLACE_PORT={other} make run"
    en = "{host}:{port} is taken by another program. End that program or start with another number: MARKETPLACE_PORT={other} make run"


class NoFreePort(ConfigurationError):
    """Every port set aside for PostgreSQL is taken."""

    code = "no_free_port"
    ko = "PostgreSQL이 쓸 {first}~{last}번 포트가 모두 쓰이고 있습니다. 포트를 쓰는 프로그램을 끝내십시오."
    en = "All ports for PostgreSQL from {first} to {last} are taken. End a program that holds one."


class UnsupportedMachine(ConfigurationError):
    """The wheels with PostgreSQL and the S3 server are not made for this machine."""

    code = "unsupported_machine"
    ko = "내장 서버는 glibc를 쓰는 64비트 리눅스(x86_64, aarch64)에서만 실행되며 이 컴퓨터는 {machine}입니다. compose.yaml로 시작하십시오: docker compose up"
    en = "The embedded servers run on 64-bit Linux with glibc (x86_64, aarch64) only and this is {machine}. Start with compose.yaml instead: docker compose up"


class NoServerAccount(ConfigurationError):
    """Nobody to run the servers as: PostgreSQL refuses root."""

    code = "no_server_account"
    ko = "PostgreSQL은 root로 실행되지 않는데 대신 쓸 사용자({names})가 없습니다. 사용자를 만드십시오: useradd --system marketplace"
    en = "PostgreSQL refuses to run as root and no other user ({names}) exists. Make one: useradd --system marketplace"


class SandboxOnly(ConfigurationError):
    """The embedded servers and generated secrets are not for production."""

    code = "sandbox_only"
    ko = "MARKETPLACE_ENV=production에서는 run을 쓸 수 없습니다. PostgreSQL과 S3를 따로 준비하고 migrate, web, worker를 각각 시작하십시오."
    en = "run is not for MARKETPLACE_ENV=production. Provide PostgreSQL and S3, then start migrate, web and worker by themselves."


class DatabaseNotReady(ConfigurationError):
    """The embedded PostgreSQL ended or did not become ready in time."""

    code = "database_not_ready"
    ko = "PostgreSQL이 시작되지 않았습니다: {reason}. 기록은 {log}에 있습니다."
    en = "PostgreSQL did not start: {reason}. Its log is {log}."


class StepFailed(ConfigurationError):
    """A command of the start ended with an error; its own lines stand above."""

    code = "start_step_failed"
    ko = "시작 단계 {step}이(가) 실패했습니다({reason}). 위의 기록을 확인하십시오."
    en = "The step {step} of the start failed ({reason}). See the lines above."
