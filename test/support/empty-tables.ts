import { sql } from 'drizzle-orm'

/** Empties every table but the list of migrations, and starts its sequences again. */
export const emptyTables = sql`
  do $$
  declare
    tables text;
  begin
    select string_agg(format('%I.%I', schemaname, tablename), ', ') into tables
    from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema', 'drizzle');
    if tables is not null then
      execute 'truncate ' || tables || ' restart identity cascade';
    end if;
  end $$`
