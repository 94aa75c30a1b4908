import type { Sql } from 'postgres'

/** Has the database note when each retry was due; the row of a delivery keeps only the next one. */
export async function noteDueTimes(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create table retry_due (delivery_id uuid, number int, due_at timestamptz);
    create function note_due() returns trigger language plpgsql as $$
      begin
        insert into retry_due values (new.id, new.attempts + 1, new.due_at);
        return null;
      end $$;
    create trigger note_due after update on deliveries for each row
      when (new.status = 'retrying' and new.claim_id is null) execute function note_due();
  `)
}

/** How long after its due time each retry began, in milliseconds. */
export async function retriesLateMs(sql: Sql): Promise<number[]> {
  const rows = await sql<{ ms: number }[]>`
    select extract(epoch from started_at - max(due_at))::float8 * 1000 as ms
    from attempts join retry_due using (delivery_id, number)
    group by delivery_id, number, started_at`
  return rows.map(({ ms }) => ms)
}
