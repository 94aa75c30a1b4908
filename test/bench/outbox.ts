import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { OpenDatabase } from '../../src/runtimes/server/database.ts'

/** An outbox as tutorials have it: each row written, claimed and settled by itself. */
export async function runPlainOutbox({ db }: OpenDatabase, count: number): Promise<void> {
  await db.execute(sql`create table outbox (id uuid primary key, status text not null)`)
  for (let done = 0; done < count; done += 1) {
    const id = randomUUID()
    await db.execute(sql`insert into outbox (id, status) values (${id}, 'pending')`)
    await db.execute(sql`update outbox set status = 'claimed' where id = ${id}`)
    await db.execute(sql`update outbox set status = 'success' where id = ${id}`)
  }
}
