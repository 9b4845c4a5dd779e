-- Who is asking, and what they may do. Applied again after each migration (layers/secured.py).
--
-- A transaction carries `anlan.ticket` = username|role|scope|bureau|expires (epoch seconds)|hex HMAC-SHA256 of the rest.
-- The key is in app.secrets, which the API's role cannot read: SQL written by hand under that role has no ticket, may not
-- make one, and so writes nothing and reads no restricted field.

create or replace function app.ticket() returns text[] language plpgsql stable security definer
set search_path = pg_catalog as $$
declare
  raw text := current_setting('anlan.ticket', true);
  parts text[];
  body text;
  key text;
begin
  if raw is null or raw = '' then return null; end if;
  parts := string_to_array(raw, '|');
  if array_length(parts, 1) <> 6 or parts[5] !~ '^[0-9]{1,12}$' then return null; end if;
  select value into key from app.secrets where name = 'ticket_key';
  body := array_to_string(parts[1:5], '|');
  if key is null or encode(public.hmac(body, key, 'sha256'), 'hex') <> parts[6] then return null; end if;
  if parts[5]::bigint < extract(epoch from clock_timestamp()) then return null; end if;
  return parts;
end $$;

create or replace function app.username() returns text language sql stable as $$ select (app.ticket())[1] $$;
create or replace function app.role() returns text language sql stable as $$ select (app.ticket())[2] $$;
create or replace function app.bureau() returns text language sql stable as $$ select nullif((app.ticket())[4], '') $$;
-- null without a ticket, so that `admin_code like app.scope_pattern()` is never true then
create or replace function app.scope_pattern() returns text language sql stable as $$ select (app.ticket())[3] || '%' $$;

-- The author written into a row. Not verified here (that would cost an HMAC a row): the row policy has verified it.
create or replace function app.author() returns text language sql stable as $$
  select coalesce(nullif(split_part(current_setting('anlan.ticket', true), '|', 1), ''), session_user::text)
$$;
create or replace function app.author_role() returns text language sql stable as $$
  select coalesce(nullif(split_part(current_setting('anlan.ticket', true), '|', 2), ''), 'owner')
$$;

create or replace function app.may_write(writers text[], layer_bureau text) returns boolean language sql stable as $$
  select case app.role()
    when 'admin' then true
    when 'director' then true            -- only exercise rows: the policy says so
    when 'bureau' then 'bureau' = any (writers) and app.bureau() = layer_bureau
    else coalesce(app.role() = any (writers), false)
  end
$$;

create or replace function app.may_verify(layer_bureau text) returns boolean language sql stable as $$
  select coalesce(app.role() in ('admin', 'director') or (app.role() = 'bureau' and app.bureau() = layer_bureau), false)
$$;

-- Restricted fields go to roles that act on them (domain 8.2), inside their scope.
create or replace function app.may_look(layer_bureau text) returns boolean language sql stable as $$
  select coalesce(app.role() in ('village', 'township', 'duty', 'commander', 'admin')
                  or (app.role() = 'bureau' and app.bureau() = layer_bureau), false)
$$;

create or replace function app.stamp() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.updated_at := clock_timestamp();
  else
    new.id := old.id;
    new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
    new.version := old.version + 1;
  end if;
  new.updated_by := app.author();
  return new;
end $$;

-- A row that comes back from the dead goes on counting from its tombstone; every other new row is version 1.
create or replace function app.number_first_version() returns trigger language plpgsql security definer
set search_path = pg_catalog as $$
declare
  last integer;
begin
  execute format('select max(version) from history.%I where id = $1', tg_table_name) into last using new.id;
  new.version := coalesce(last, 0) + 1;
  return new;
end $$;

create or replace function app.stamp_restricted() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    new.id := old.id;
    new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
  else
    new.updated_at := clock_timestamp();
  end if;
  new.updated_by := app.author();
  return new;
end $$;

-- Restricted values move with their feature, or the township it left could go on reading its phones.
create or replace function app.follow_scope() returns trigger language plpgsql security definer
set search_path = pg_catalog as $$
begin
  execute format('update layers.%I set admin_code = $1 where id = $2', tg_table_name || '_restricted')
    using new.admin_code, new.id;
  return null;
end $$;

-- After each statement on a layer: its version, its counts, one audit row a feature (one in all for a bulk load), a notice.
-- `touched` is an array of the features, or for a bulk load an object with what is known of all of them.
create or replace function app.note_change(layer_name text, change text, n bigint, added bigint, exercise_added bigint,
                                           touched jsonb) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  now_at bigint;
begin
  if n = 0 then return; end if;
  insert into app.layer_versions as v (layer, rows, exercise_rows) values (layer_name, added, exercise_added)
  on conflict (layer) do update set version = v.version + 1, rows = v.rows + excluded.rows,
    exercise_rows = v.exercise_rows + excluded.exercise_rows, changed_at = clock_timestamp()
  returning version into now_at;
  if jsonb_typeof(touched) = 'object' then
    insert into app.audit (username, role, action, layer, detail)
    values (app.author(), app.author_role(), change, layer_name, jsonb_build_object('rows', n) || touched);
  else
    insert into app.audit (username, role, action, layer, feature_id, version, detail)
    select app.author(), app.author_role(), change, layer_name, (t ->> 'id')::bigint, (t ->> 'version')::int,
      t - 'id' - 'version'
    from jsonb_array_elements(touched) t;
  end if;
  perform pg_notify('layers', layer_name || ':' || now_at);
end $$;

create or replace function app.note_insert() returns trigger language plpgsql security definer
set search_path = pg_catalog as $$
declare
  n bigint; played bigint; touched jsonb;
begin
  select count(*), count(*) filter (where source = 'exercise') into n, played from fresh;
  if n <= 100 then
    select jsonb_agg(jsonb_build_object('id', id, 'version', version, 'name', name, 'admin_code', admin_code))
    into touched from fresh;
  else
    select jsonb_build_object('counties', jsonb_agg(distinct left(admin_code, 6))) into touched from fresh;
  end if;
  perform app.note_change(tg_table_name, 'insert', n, n, played, touched);
  return null;
end $$;

create or replace function app.note_update() returns trigger language plpgsql security definer
set search_path = pg_catalog as $$
declare
  n bigint; played bigint; touched jsonb;
begin
  select count(*), count(*) filter (where f.source = 'exercise') into n, played from fresh f;
  select played - count(*) filter (where source = 'exercise') into played from gone;
  if n <= 100 then
    select jsonb_agg(jsonb_build_object('id', id, 'version', version, 'name', name, 'admin_code', admin_code))
    into touched from fresh;
  else
    select jsonb_build_object('counties', jsonb_agg(distinct left(admin_code, 6))) into touched from fresh;
  end if;
  perform app.note_change(tg_table_name, 'update', n, 0, played, touched);
  return null;
end $$;

create or replace function app.note_delete() returns trigger language plpgsql security definer
set search_path = pg_catalog as $$
declare
  n bigint; played bigint; touched jsonb;
begin
  select count(*), count(*) filter (where source = 'exercise') into n, played from gone;
  if n <= 100 then
    select jsonb_agg(jsonb_build_object('id', id, 'version', version + 1, 'name', name, 'admin_code', admin_code))
    into touched from gone;
  else
    select jsonb_build_object('counties', jsonb_agg(distinct left(admin_code, 6))) into touched from gone;
  end if;
  perform app.note_change(tg_table_name, 'delete', n, -n, -played, touched);
  return null;
end $$;

-- What each character of a text in lower case is spelt with: a Chinese one as app.pinyin says, a digit or letter as itself,
-- any other not at all. A short text gets its own characters, a long one all there are: 10 ms, less than telling them apart.
create or replace function app.readings_of(words text) returns jsonb language plpgsql stable set search_path = pg_catalog as $$
declare
  plain constant jsonb := (
    select jsonb_object_agg(c, c) from unnest(string_to_array('0123456789abcdefghijklmnopqrstuvwxyz', null)) c);
begin
  if char_length(words) > 20000 then
    return plain || (select jsonb_object_agg(char, syllable) from app.pinyin);
  end if;
  return plain || coalesce((select jsonb_object_agg(char, syllable) from app.pinyin
                            where char = any (string_to_array(words, null))), '{}');
end $$;

-- Around many new names: their index entries are gathered in memory and written at once, instead of every 4 MB.
create or replace function app.gather_names() returns void language sql as $$
  select set_config('gin_pending_list_limit', '262144', true), set_config('maintenance_work_mem', '262144', true)
$$;
create or replace function app.spread_names() returns void language sql as $$
  select gin_clean_pending_list('app.names_grams'), gin_clean_pending_list('app.names_latin_parts'),
    set_config('gin_pending_list_limit', '4096', true)
$$;

-- What changed in the layers, from the audit trail, of which nothing else is shown: who wrote a feature stands in its
-- history too. Entries of before names were kept (no admin_code) belong to every county.
create or replace function app.layer_changes(county text, since timestamptz, until timestamptz)
returns table (id bigint, at timestamptz, layer text, feature_id bigint, version integer, operation text, username text,
               name text, rows bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select a.id, a.at, a.layer, a.feature_id, a.version, a.action, a.username, a.detail ->> 'name',
    coalesce((a.detail ->> 'rows')::bigint, 1)
  from app.audit a
  where a.action in ('insert', 'update', 'delete') and a.layer is not null and a.at >= since and a.at <= until
    and (county = '' or coalesce(a.detail ->> 'admin_code' like county || '%', a.detail -> 'counties' ? left(county, 6), true))
$$;
create or replace function app.first_change() returns timestamptz language sql stable security definer
set search_path = pg_catalog as $$
  select at from app.audit where action in ('insert', 'update', 'delete') and layer is not null order by at limit 1
$$;

-- Who loses or gains rights is noticed by every process at once: the count in his access tokens is then too old.
create or replace function app.count_rights() returns trigger language plpgsql as $$
begin
  if (new.role, new.scope, new.bureau, new.disabled) is distinct from (old.role, old.scope, old.bureau, old.disabled) then
    new.rights := old.rights + 1;
  end if;
  return new;
end $$;

create or replace function app.tell_rights() returns trigger language plpgsql as $$
begin
  perform pg_notify('rights', new.username || ':' || new.rights);
  return null;
end $$;

create or replace trigger rights_count before update on app.users for each row execute function app.count_rights();
create or replace trigger rights_told after update of rights, role, scope, bureau, disabled on app.users
  for each row when (new.rights is distinct from old.rights) execute function app.tell_rights();
