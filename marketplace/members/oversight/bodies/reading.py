"""Reading what was typed about bodies and new people; all that is wrong comes at once."""

from datetime import date

from marketplace.errors import FieldError
from marketplace.members.organizations.particulars import Typed, read_particulars
from marketplace.members.oversight.bodies.people import NewPerson
from marketplace.members.oversight.bodies.schemas import BodyIn, PersonIn
from marketplace.members.oversight.bodies.service import MADE_HERE, NewBody


def read_body(given: BodyIn, *, today: date) -> NewBody:
    """Return a body to be made.

    Args:
        today: in Asia/Seoul

    Raises:
        Invalid: names every wrong field
    """
    typed = Typed()
    particulars = read_particulars(given, today=today, typed=typed)
    if given.function not in MADE_HERE:
        typed.errors.append(
            FieldError(
                "function",
                "function_not_made_here",
                "여기서 만들 수 없는 기관입니다. 사업자는 스스로 가입하고, 거래소 운영기관은 명령줄에서 만듭니다.",
                "This kind is not made here: businesses sign up, the operator is made on the command line.",
            )
        )
    manager = NewPerson(
        typed.email("manager_email", given.manager_email),
        typed.line("manager_name", given.manager_name),
    )
    typed.finish()
    return NewBody(given.function, particulars, manager)


def read_person(given: PersonIn) -> NewPerson:
    """Return a person who gets an account by a link.

    Raises:
        Invalid: names every wrong field
    """
    typed = Typed()
    person = NewPerson(typed.email("email", given.email), typed.line("name", given.name))
    typed.finish()
    return person
