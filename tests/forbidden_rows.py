"""A row for each CHECK that it must refuse; lists of choices need none, their test is generated."""

PERSON = "00000000-0000-4000-8000-000000000001"

# What a plain row of a table needs besides values of the right types to be allowed.
ALLOWED: dict[str, dict[str, object]] = {
    "audit_seal": {"position": 1, "hash": b"\0" * 32},
    "idempotency_key": {"key": "a-key-of-24-characters-0"},
    "organization": {"business_number": "0008100001"},
    "proposal": {"kind": "reset_second_factor", "roles": [], "user_id": PERSON},
    "user_account": {"email": "person@example.com"},
}

# Constraint: what makes the plain row forbidden.
FORBIDDEN: dict[str, dict[str, object]] = {
    "ck_api_token_scopes_not_empty": {"scopes": []},
    "ck_audit_seal_hash_length": {"hash": b"\0" * 31},
    "ck_audit_seal_position": {"position": 0},
    "ck_bank_account_confirmed_has_hold": {"state": "confirmed", "effective_at": None},
    "ck_bank_account_second_person": {
        "proposed_by": "00000000-0000-4000-8000-000000000001",
        "decided_by": "00000000-0000-4000-8000-000000000001",
    },
    "ck_idempotency_key_answered": {"status": 201, "answered_at": None},
    "ck_idempotency_key_key_length": {"key": "short"},
    "ck_job_run_attempt": {"attempt": -1},
    "ck_job_run_parked_has_reason": {"parked_reason": "failed"},
    "ck_job_run_parked_reason": {"parked_reason": "bored", "state": "parked"},
    "ck_job_run_running_is_fenced": {"fencing_token": "00000000-0000-4000-8000-000000000001"},
    "ck_mail_language": {"language": "de"},
    "ck_mail_tries": {"tries": -1},
    "ck_membership_roles_not_empty": {"roles": []},
    "ck_organization_business_number": {"business_number": "000-81-000"},
    "ck_organization_corporate_number": {"corporate_number": "12345"},
    "ck_organization_override_has_reason": {"override_at": "2026-01-02T03:04:05Z"},
    "ck_paper_returned_has_reason": {"state": "returned", "reason": None},
    "ck_paper_size_bytes": {"size_bytes": 0},
    "ck_proposal_decided_has_time": {"state": "confirmed", "decided_at": None},
    "ck_proposal_not_about_oneself": {
        "state": "confirmed",
        "decided_at": "2026-01-02T03:04:05Z",
        "user_id": PERSON,
        "decided_by": PERSON,
    },
    "ck_proposal_roles_fit_kind": {"roles": ["reviewer"]},
    "ck_proposal_second_person": {
        "state": "refused",
        "decided_at": "2026-01-02T03:04:05Z",
        "proposed_by": PERSON,
        "decided_by": PERSON,
    },
    "ck_proposal_state": {"state": "unknown", "decided_at": "2026-01-02T03:04:05Z"},
    "ck_proposal_user_known": {"user_id": None},
    "ck_second_factor_pending": {"pending_at": "2026-01-02T03:04:05Z"},
    "ck_user_account_email": {"email": "Person@Example.com"},
    "ck_user_account_language": {"language": "de"},
    "ck_user_account_theme": {"theme": "sepia"},
}
