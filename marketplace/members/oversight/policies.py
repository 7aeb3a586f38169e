"""Who of the exchange's operator may do what.

Tokens of programs are kept out: each of these acts is a person's, with a second factor. What
changes rights, money or reads data out asks for a sign-in of the last ten minutes besides.
"""

from marketplace.auth import Role, holders

STAFF = holders(Role.administrator, Role.reviewer, Role.finance)
REVIEWERS = holders(Role.administrator, Role.reviewer)
REVIEWERS_FRESH = holders(Role.administrator, Role.reviewer, fresh=True)
FINANCE = holders(Role.administrator, Role.finance)
FINANCE_FRESH = holders(Role.administrator, Role.finance, fresh=True)
ADMINISTRATORS = holders(Role.administrator)
ADMINISTRATORS_FRESH = holders(Role.administrator, fresh=True)
PERSON_MAKERS = holders(Role.administrator, Role.agency_manager)
PERSON_MAKERS_FRESH = holders(Role.administrator, Role.agency_manager, fresh=True)
