import { sql } from 'drizzle-orm'

/**
 * Empties every table but the list of migrations, and starts its sequences again. Rows are deleted
 * where there are few: `truncate` makes files anew for each table and index, which takes ten times
 * as long. No order among tables has to be kept: nothing is checked, and nothing fires.
 */
export const emptyTables = sql`
  do $$
  declare
    name text;
    small bool;
    filled bool;
    large text;
  begin
    set local session_replication_role = replica;
    for name, small in
      select oid::regclass, pg_table_size(oid) < 512 * 1024 from pg_class
      where relkind = 'r' and pg_relation_size(oid) > 0 and relnamespace not in
        (select oid from pg_namespace where nspname like 'pg\_%' or nspname in ('information_schema', 'drizzle'))
    loop
      if small then
        execute 'select exists (select from ' || name || ')' into filled;
        if filled then execute 'delete from ' || name; end if;
      else
        large := concat_ws(', ', large, name);
      end if;
    end loop;
    if large is not null then execute 'truncate ' || large || ' cascade'; end if;
    for name in
      select format('%I.%I', schemaname, sequencename) from pg_sequences where last_value is not null
    loop
      execute 'alter sequence ' || name || ' restart';
    end loop;
  end $$`
