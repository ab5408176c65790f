-- Appends a batch of units in one statement; the only way into the log.
--
-- Per unit: command_ids, command_hashes, results, metadata, event_counts (how many events it has).
-- Per stream of a unit: stream_units (index of its unit, from 1), stream_ids, expected_versions (null: any).
-- Per event, in the order of their units: event_streams (index of its stream, from 1), event_types, schema_versions, event_data.
-- Arrays because Postgres takes them in binary form, unescaped and without another parse, before the lock is held.
--
-- Answers {now, at, head, outcomes, versions, details}: `outcomes` has a letter per unit (a appended, r repeated, c conflict,
-- x command id reused), `versions` the version of each stream before the batch, `details` what a letter other than `a`
-- needs, `at` the time of the commit and `now` the present time, both in microseconds.
--
-- The lock comes first and is held to the end of the transaction, which is the end of this one statement: versions are
-- read after it, on a snapshot that holds every commit before (hence VOLATILE and READ COMMITTED), and positions become
-- visible in their order. The last commit's row tells where the log ends; nothing is ever updated.
--
-- Every expression and statement of plpgsql is set up anew in each transaction, and that is most of what an append of one
-- event costs: so there are few, one statement reads and one writes.
--
-- In a batch no stream may be written by one unit and touched by another, and no command id may come twice; the appender
-- leaves such units to its next batch. A batch that breaks the rule is refused whole.
create or replace function event_log.append(
  command_ids uuid[], command_hashes bytea[], results json[], metadata json[], event_counts integer[],
  stream_units integer[], stream_ids text[], expected_versions bigint[],
  event_streams integer[], event_types text[], schema_versions integer[], event_data json[]
) returns json
  language plpgsql volatile security definer
  set search_path = pg_catalog, event_log, pg_temp
  set lock_timeout = '2s'
  -- The plans are made when the tables may still be empty, and are kept: they must be those for a full log.
  set enable_seqscan = off
  set jit = off
  set plan_cache_mode = force_generic_plan
as $$
declare
  head bigint;
  head_hash bytea;
  at timestamptz;
  at_us bigint;
  versions bigint[];
  -- Whether a unit may have to be refused; which ones, and why, is looked up only then.
  suspect boolean;
  clash text;
  -- Per unit, all null when none is refused: whether it is appended, and how many events before it are left out.
  ok boolean[];
  skipped bigint[];
  outcomes text;
  details json;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'event_log.append must run at isolation level read committed'
      using errcode = 'invalid_transaction_state';
  end if;
  -- An acknowledged append must survive a crash, whatever the caller's session was set to; lasts until the commit.
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  if pg_advisory_xact_lock(4711200100000001) is null then
    raise exception 'the lock of the event log was not taken';
  end if;

  select coalesce(c.last_position, 0), coalesce(c.hash, decode(repeat('00', 32), 'hex')), t.at,
         (extract(epoch from t.at) * 1000000)::bigint, s.versions,
         s.stale or s.clashing
           or exists (select from event_log.commands c where c.command_id = any(command_ids))
    into head, head_hash, at, at_us, versions, suspect
    from (
      select array_agg(v.version order by s.i) as versions, coalesce(bool_or(s.expected <> v.version), false) as stale,
             -- More repetitions than there are among those that are only checked, which many units may share.
             count(*) - count(distinct s.id)
               > count(*) filter (where not w.written) - count(distinct s.id) filter (where not w.written) as clashing
        from unnest(stream_ids, expected_versions) with ordinality as s(id, expected, i)
        cross join lateral (select s.i = any(event_streams) as written) w
        cross join lateral (
          select coalesce((select e.version from event_log.events e
                            where e.stream_id = s.id order by e.version desc limit 1), 0) as version
        ) v
    ) s
    left join lateral (
      select * from event_log.commits order by last_position desc limit 1
    ) c on true
    cross join lateral (select greatest(c.committed_at, clock_timestamp()) as at) t;

  if suspect then
    select min(s.id) into clash from (
      select u.id from unnest(stream_ids) with ordinality as u(id, i)
       group by u.id having count(*) > 1 and bool_or(u.i = any(event_streams))
    ) s;
    if clash is not null then
      raise exception 'the stream % is written and touched again in one batch', clash
        using errcode = 'invalid_parameter_value';
    end if;

    select array_agg(v.outcome = 'a' order by v.u), array_agg(v.skipped order by v.u),
           string_agg(v.outcome, '' order by v.u), json_agg(v.detail order by v.u) filter (where v.detail is not null)
      into ok, skipped, outcomes, details
      from (
        select u.u, o.outcome, sum(case o.outcome when 'a' then 0 else u.events end) over (order by u.u) as skipped,
               case o.outcome
                 when 'r' then json_build_object('unit', u.u, 'position', c.position, 'result', c.result)
                 when 'c' then json_build_object('unit', u.u, 'stream_id', s.id, 'expected', s.expected, 'actual', s.actual)
               end as detail
          from unnest(command_ids, command_hashes, event_counts)
               with ordinality as u(command_id, command_hash, events, u)
          left join event_log.commands c on c.command_id = u.command_id
          left join lateral (
            select id, expected, actual
              from unnest(stream_units, stream_ids, expected_versions, versions)
                   with ordinality as s(unit, id, expected, actual, i)
             where s.unit = u.u and s.expected <> s.actual order by s.i limit 1
          ) s on true
          cross join lateral (
            select case
              when c.command_hash = u.command_hash then 'r'
              when c.command_id is not null then 'x'
              when s.id is not null then 'c'
              else 'a'
            end as outcome
          ) o
      ) v;
  end if;

  with inserted as (
    insert into event_log.events (position, stream_id, category, version, type, schema_version, data, metadata, recorded_at)
    select head + e.k - coalesce(skipped[stream_units[e.stream]], 0),
           stream_ids[e.stream], split_part(stream_ids[e.stream], '-', 1),
           versions[e.stream] + row_number() over (partition by e.stream order by e.k),
           e.type, e.schema_version, e.data, metadata[stream_units[e.stream]], at
      from unnest(event_streams, event_types, schema_versions, event_data)
           with ordinality as e(stream, type, schema_version, data, k)
     where coalesce(ok[stream_units[e.stream]], true)
    returning *
  ),
  answered as (
    insert into event_log.commands (command_id, command_hash, position, recorded_at, result)
    select u.command_id, u.command_hash, head + u.events_so_far, at, u.result
      from (
        select u.*, sum(u.events) filter (where coalesce(ok[u.u], true)) over (order by u.u) as events_so_far
          from unnest(command_ids, command_hashes, results, event_counts)
               with ordinality as u(command_id, command_hash, result, events, u)
      ) u
     where coalesce(ok[u.u], true)
  )
  insert into event_log.commits (first_position, last_position, committed_at, prev_hash, event_hashes, hash)
  select head + 1, b.tail, at, head_hash, b.event_hashes,
         sha256(head_hash || convert_to(event_log.commit_header(head + 1, b.tail, at_us), 'UTF8') || b.event_hashes)
    from (
      select head + count(*) as tail,
             string_agg(sha256(convert_to(event_log.canonical(
               i.position, i.stream_id, i.category, i.version, i.type, i.schema_version, i.data::text,
               i.metadata::text, at_us), 'UTF8')), ''::bytea order by i.position) as event_hashes
        from inserted i
    ) b
   where b.tail > head;

  return json_build_object(
    'now', (extract(epoch from clock_timestamp()) * 1000000)::bigint, 'at', at_us, 'head', head,
    'outcomes', coalesce(outcomes, repeat('a', cardinality(command_ids))), 'versions', versions, 'details', details);
end
$$;
