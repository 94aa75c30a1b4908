import { fileURLToPath } from 'node:url'

/** Where drizzle-kit writes the migrations that every test database starts from. */
export const migrationsFolder = fileURLToPath(new URL('../../drizzle', import.meta.url))
