/** RFC 3339 in UTC, to the second: `2026-02-07T10:30:00Z`. */
export function instant(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
