-- What the API's role may touch at all; row policies decide the rest. It owns nothing.
grant usage on schema layers, history, app to anlan_app;
grant select, insert, update, delete on all tables in schema layers to anlan_app;
grant select on all tables in schema history to anlan_app;
grant usage on all sequences in schema layers to anlan_app;
revoke all on all tables in schema app from anlan_app;
grant select on app.layer_versions, app.counties, app.thresholds to anlan_app;
grant insert, update on app.counties, app.thresholds to anlan_app;
grant select on app.names, app.pinyin to anlan_app;
grant select, insert, update, delete on app.views to anlan_app;
grant select, insert on app.audit to anlan_app;
grant select, insert, update, delete on app.users, app.refresh_tokens, app.idempotency to anlan_app;
revoke execute on function app.note_change(text, text, bigint, bigint, bigint, jsonb) from public;

alter table app.users enable row level security;
drop policy if exists keep on app.users;
create policy keep on app.users to anlan_app using ((select app.role()) in ('system', 'admin'))
  with check ((select app.role()) in ('system', 'admin'));

alter table app.refresh_tokens enable row level security;
drop policy if exists keep on app.refresh_tokens;
create policy keep on app.refresh_tokens to anlan_app using ((select app.role()) in ('system', 'admin'))
  with check ((select app.role()) in ('system', 'admin'));

alter table app.audit enable row level security;
drop policy if exists read on app.audit;
create policy read on app.audit for select to anlan_app using ((select app.role()) in ('system', 'admin'));
drop policy if exists add on app.audit;
create policy add on app.audit for insert to anlan_app
  with check ((select app.role()) = 'system' or username = (select app.username()) and role = (select app.role()));

alter table app.idempotency enable row level security;
drop policy if exists keep on app.idempotency;
create policy keep on app.idempotency to anlan_app
  using ((select app.role()) = 'system' or username = (select app.username()))
  with check ((select app.role()) = 'system' or username = (select app.username()));

alter table app.thresholds enable row level security;
drop policy if exists read on app.thresholds;
create policy read on app.thresholds for select to anlan_app using (true);
drop policy if exists change on app.thresholds;
create policy change on app.thresholds to anlan_app using ((select app.role()) = 'admin')
  with check ((select app.role()) = 'admin');

alter table app.counties enable row level security;
drop policy if exists read on app.counties;
create policy read on app.counties for select to anlan_app using (true);
drop policy if exists change on app.counties;
create policy change on app.counties to anlan_app using ((select app.role()) = 'admin')
  with check ((select app.role()) = 'admin');

-- What everybody signed in may read of a feature is in app.names, so it has no policy. A view is its owner's; a shared one
-- is read by all, and an administrator may take it away.
alter table app.views enable row level security;
drop policy if exists read on app.views;
create policy read on app.views for select to anlan_app
  using (owner = (select app.username()) or shared and (select app.username()) is not null);
drop policy if exists add on app.views;
create policy add on app.views for insert to anlan_app with check (owner = (select app.username()));
drop policy if exists change on app.views;
create policy change on app.views for update to anlan_app using (owner = (select app.username()))
  with check (owner = (select app.username()));
drop policy if exists remove on app.views;
create policy remove on app.views for delete to anlan_app
  using (owner = (select app.username()) or shared and (select app.role()) = 'admin');

-- A job is its owner's; a kept one is read by everybody signed in, as a saved view is. Only the analyst (role system)
-- writes what came out, and it runs a job in the name that the ticket gave it: nobody can file one as somebody else. Runs
-- of a standing analysis are filed by the analyst, read by everybody signed in, and changed by nobody.
grant select, insert, update, delete on app.jobs to anlan_app;
alter table app.jobs enable row level security;
drop policy if exists read on app.jobs;
create policy read on app.jobs for select to anlan_app
  using ((select app.role()) = 'system' or owner = (select app.username())
         or (kept or standing is not null) and (select app.username()) is not null);
drop policy if exists add on app.jobs;
create policy add on app.jobs for insert to anlan_app
  with check (status = 'accepted' and result is null
              and (owner = (select app.username()) and role = (select app.role()) and standing is null
                   and scope || '%' = (select app.scope_pattern()) and bureau is not distinct from (select app.bureau())
                   or (select app.role()) = 'system' and standing is not null));
drop policy if exists change on app.jobs;
create policy change on app.jobs for update to anlan_app
  using ((select app.role()) = 'system' or owner = (select app.username()) and standing is null)
  with check ((select app.role()) = 'system' or owner = (select app.username()) and standing is null);
drop policy if exists remove on app.jobs;
create policy remove on app.jobs for delete to anlan_app
  using ((select app.role()) = 'system'
         or standing is null and (owner = (select app.username()) or kept and (select app.role()) = 'admin'));

-- A standing analysis is the county's: everybody signed in sees its alarm, command sets it up, takes note of it and ends it.
grant select, insert, update on app.standing to anlan_app;
alter table app.standing enable row level security;
drop policy if exists read on app.standing;
create policy read on app.standing for select to anlan_app using ((select app.username()) is not null);
drop policy if exists add on app.standing;
create policy add on app.standing for insert to anlan_app
  with check ((select app.role()) in ('duty', 'commander', 'admin') and county like (select app.scope_pattern())
              and owner = (select app.username()) and role = (select app.role()) and job is null and pending is null);
drop policy if exists change on app.standing;
create policy change on app.standing for update to anlan_app
  using ((select app.role()) = 'system'
         or (select app.role()) in ('duty', 'commander', 'admin') and county like (select app.scope_pattern()));
grant select, insert on app.standing_events to anlan_app;
alter table app.standing_events enable row level security;
drop policy if exists read on app.standing_events;
create policy read on app.standing_events for select to anlan_app using ((select app.username()) is not null);
drop policy if exists add on app.standing_events;
create policy add on app.standing_events for insert to anlan_app
  with check ((select app.role()) = 'system'
              or (select app.role()) in ('duty', 'commander', 'admin') and username = (select app.username())
                 and kind in ('begun', 'accepted', 'ended')
                 and exists (select from app.standing s where s.id = standing and s.county like (select app.scope_pattern())));
