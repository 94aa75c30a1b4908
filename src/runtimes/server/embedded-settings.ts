/**
 * How the embedded database differs from PostgreSQL as it comes, as parameters of its start, beside
 * PGlite's own.
 */
export const embeddedSettings: readonly string[] = [
  // Plans are kept, and nobody tells them that a table has grown: one made for an empty table would
  // go on reading all of a full one.
  'enable_seqscan=off',
  // It never waits for the disk, so files for the log need not be filled with zeros in advance.
  'wal_init_zero=off',
].flatMap((setting) => ['-c', setting])
