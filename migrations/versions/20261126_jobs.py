"""The job queue of procrastinate, our record of each job, and who may do what with them.

The queue's own schema comes from the installed package, version 3.10; ``procrastinate_version``
says so to the migration that will one day bring a newer one. Nobody but ``marketplace_system``
reads or changes the queue: a tenant or a staff member enqueues, and staff retries and cancels,
through functions that run with the owner's rights and do just that.
"""

from importlib import resources

import sqlalchemy as sa
from alembic import op

revision = "jobs"
down_revision = "organizations"
branch_labels = None
depends_on = None

QUEUE_VERSION = "3.10"
ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"

# Everything of the queue is the workers' alone; its functions run with the caller's rights.
QUEUE_RIGHTS = f"""
do $$ declare one record; begin
  for one in select format('%s %I', case relkind when 'S' then 'sequence' else 'table' end, relname) as what
      from pg_class where relnamespace = 'public'::regnamespace
      and relname like 'procrastinate%' and relkind in ('r', 'S') loop
    execute format('revoke all on %s from {ROLES}', one.what);
    execute format('grant all on %s to marketplace_system', one.what);
  end loop;
  for one in select oid::regprocedure as what from pg_proc
      where pronamespace = 'public'::regnamespace and proname like 'procrastinate%' loop
    execute format('revoke all on function %s from public', one.what);
    execute format('grant execute on function %s to marketplace_system', one.what);
  end loop;
end $$;
revoke insert, update, delete on procrastinate_version from marketplace_system;
"""

# A row of job_run and a job of the queue are always written in one transaction, by these functions
# or by the worker. clock_timestamp() and not app_now(): leases are about processes, and the sandbox
# clock may jump. An enqueuer that finds its queueing lock taken shares the waiting job's row until
# it commits, so that no worker can take the job before it sees what the enqueuer wrote.
FUNCTIONS = """
create function enqueue_job(
  _name varchar, _arguments jsonb, _attempts_most int, _limit_s int,
  _queueing_lock text, _lock text, _delay_s double precision
) returns uuid language plpgsql security definer set search_path = public, pg_temp as $$
declare
  _queue_id bigint;
  _id uuid;
begin
  loop
    begin
      _queue_id := (procrastinate_defer_jobs_v1(array[row(
        _name, _name, 0, _lock, _queueing_lock, _arguments,
        case when _delay_s > 0 then clock_timestamp() + make_interval(secs => _delay_s) end
      )::procrastinate_job_to_defer_v1]))[1];
      insert into job_run (queue_id, name, attempts_most, limit_s, organization_id, user_id, next_at)
      values (
        _queue_id, _name, _attempts_most, _limit_s,
        coalesce((_arguments->>'organization_id')::uuid, app_org()),
        coalesce((_arguments->>'user_id')::uuid, app_user()),
        app_now() + make_interval(secs => _delay_s)
      ) returning id into _id;
      return _id;
    exception when unique_violation then
      select run.id into _id
        from procrastinate_jobs queued join job_run run on run.queue_id = queued.id
        where queued.queueing_lock = _queueing_lock and queued.status = 'todo'
        for share of queued;
      if found then return _id; end if;
    end;
  end loop;
end $$;

create function holds_attempt(_token uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- The weakest lock that a change of the token waits for: whoever takes the work over waits until
  -- this transaction ends, while heartbeats and progress on the same row do not.
  perform 1 from job_run where fencing_token = _token for key share;
  if found then return true; end if;
  perform 1 from periodic_run where fencing_token = _token for key share;
  return found;
end $$;

-- Back into the queue; when a job with the same queueing lock waits there, that one does this work.
create function requeue_job(_queue_id bigint, _wait_s double precision) returns boolean
language plpgsql set search_path = public, pg_temp as $$
begin
  perform procrastinate_retry_job_v2(
    _queue_id, clock_timestamp() + make_interval(secs => _wait_s), null, null, null);
  return true;
exception when unique_violation then
  delete from procrastinate_jobs where id = _queue_id;
  update job_run set state = 'cancelled', parked_reason = null, next_at = null,
    ended_at = app_now(), updated_at = app_now(), error_code = 'job_merged', error_ko = '같은 작업이 이미 기다리고 있어 그 작업에 합쳤습니다.',
    error_en = 'The same job was waiting already and does this work.'
    where queue_id = _queue_id;
  return false;
end $$;

create function retry_parked_job(_id uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  _queue_id bigint;
begin
  update job_run set state = 'waiting', attempt = 0, parked_reason = null, ended_at = null,
    cancel_requested_at = null, next_at = app_now(), updated_at = app_now()
    where id = _id and state = 'parked' returning queue_id into _queue_id;
  if not found then return false; end if;
  perform requeue_job(_queue_id, 0);
  return true;
end $$;

create function cancel_job(_id uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  _run job_run;
begin
  -- The queue's row first, as a worker that takes it does; a running job's is left to its worker.
  perform 1 from procrastinate_jobs
    where id = (select queue_id from job_run where id = _id) and status in ('todo', 'failed')
    for update;
  select * into _run from job_run where id = _id for no key update;
  if _run.state in ('waiting', 'parked') then
    update job_run set state = 'cancelled', parked_reason = null, next_at = null,
      ended_at = app_now(), updated_at = app_now() where id = _id;
    delete from procrastinate_jobs where id = _run.queue_id;
    return true;
  elsif _run.state = 'running' then
    update job_run set cancel_requested_at = app_now(), updated_at = app_now() where id = _id;
    return true;
  end if;
  return false;
end $$;
"""

RIGHTS = """
alter table job_run enable row level security;
alter table job_run force row level security;
create policy own_rows on job_run for select to marketplace_tenant
  using (organization_id = app_org() or user_id = app_user());
create policy all_rows on job_run to marketplace_staff, marketplace_system using (true);
create policy functions_rows on job_run to current_user using (true);
revoke insert, update, delete on job_run from marketplace_tenant, marketplace_staff;
revoke all on job_worker, periodic_run from marketplace_tenant;
revoke insert, update, delete on job_worker, periodic_run from marketplace_staff;

revoke all on function enqueue_job(varchar, jsonb, int, int, text, text, double precision) from public;
grant execute on function enqueue_job(varchar, jsonb, int, int, text, text, double precision)
  to marketplace_tenant, marketplace_staff, marketplace_system;
revoke all on function holds_attempt(uuid) from public;
grant execute on function holds_attempt(uuid)
  to marketplace_tenant, marketplace_staff, marketplace_system;
revoke all on function requeue_job(bigint, double precision) from public;
grant execute on function requeue_job(bigint, double precision) to marketplace_system;
revoke all on function retry_parked_job(uuid) from public;
revoke all on function cancel_job(uuid) from public;
grant execute on function retry_parked_job(uuid) to marketplace_staff, marketplace_system;
grant execute on function cancel_job(uuid) to marketplace_staff, marketplace_system;
"""


def run_script(script: str) -> None:
    """Run several statements as they are: neither : nor % is a parameter here."""
    op.get_bind().connection.driver_connection.execute(script)


def upgrade() -> None:
    run_script((resources.files("procrastinate.sql") / "schema.sql").read_text())
    run_script(
        "create table procrastinate_version (version text not null);"
        f"insert into procrastinate_version values ('{QUEUE_VERSION}');"
    )
    create_tables()
    run_script(QUEUE_RIGHTS)
    run_script(FUNCTIONS)
    run_script(RIGHTS)


def create_tables() -> None:
    now = sa.text("app_now()")
    op.create_table(
        "job_run",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "succeeded",
                "parked",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default=sa.text("'waiting'"),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempts_most", sa.Integer(), nullable=False),
        sa.Column("limit_s", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("fencing_token", sa.Uuid(), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress_done", sa.BigInteger(), nullable=True),
        sa.Column("progress_total", sa.BigInteger(), nullable=True),
        sa.Column("progress_ko", sa.String(length=200), nullable=True),
        sa.Column("progress_en", sa.String(length=200), nullable=True),
        sa.Column(
            "parked_reason",
            sa.Enum(
                "failed_infrastructure",
                "failed",
                "unavailable",
                "refused",
                name="parked_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("error_code", sa.String(length=80), nullable=True),
        sa.Column("error_ko", sa.String(length=500), nullable=True),
        sa.Column("error_en", sa.String(length=500), nullable=True),
        sa.CheckConstraint("attempt >= 0", name=op.f("ck_job_run_attempt")),
        sa.CheckConstraint(
            "(state = 'running') = (fencing_token is not null)",
            name=op.f("ck_job_run_running_is_fenced"),
        ),
        sa.CheckConstraint(
            "(state = 'parked') = (parked_reason is not null)",
            name=op.f("ck_job_run_parked_has_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_job_run"),
        sa.UniqueConstraint("fencing_token", name="uq_job_run_fencing_token"),
        sa.UniqueConstraint("queue_id", name="uq_job_run_queue_id"),
    )
    op.create_index("ix_job_run_organization_id", "job_run", ["organization_id"])
    op.create_index("ix_job_run_state_updated_at", "job_run", ["state", "updated_at"])
    op.create_index("ix_job_run_user_id", "job_run", ["user_id"])
    op.create_table(
        "job_worker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listening", sa.Boolean(), nullable=False),
        sa.Column("running_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_worker"),
    )
    op.create_table(
        "periodic_run",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fencing_token", sa.Uuid(), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_en", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_periodic_run"),
        sa.UniqueConstraint("fencing_token", name="uq_periodic_run_fencing_token"),
    )


def downgrade() -> None:
    run_script(
        """
        drop function enqueue_job, holds_attempt, requeue_job, retry_parked_job, cancel_job;
        drop table job_run, job_worker, periodic_run;
        drop table procrastinate_version, procrastinate_events, procrastinate_periodic_defers,
          procrastinate_jobs, procrastinate_workers cascade;
        do $$ declare one record; begin
          for one in select oid::regprocedure as what from pg_proc
              where pronamespace = 'public'::regnamespace and proname like 'procrastinate%' loop
            execute format('drop function if exists %s cascade', one.what);
          end loop;
        end $$;
        drop type if exists procrastinate_job_to_defer_v1, procrastinate_job_status,
          procrastinate_job_event_type cascade;
        """
    )
