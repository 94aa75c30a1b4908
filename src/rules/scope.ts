/** What a token may do, each with what that means. */
export const scopes = {
  read: 'Read everything but secrets, tokens and the audit log.',
  write: 'Change webhooks and instances, test them and retry deliveries; includes `read`.',
  publish: 'Publish events.',
  secrets: 'Read and replace signing secrets.',
  admin: 'Everything, tokens and the audit log too.',
} as const
export type Scope = keyof typeof scopes

export const scopeNames = [
  'read',
  'write',
  'publish',
  'secrets',
  'admin',
] as const satisfies Scope[]

/** Whether what was granted covers what is needed. */
export function covers(granted: readonly string[], needed: Scope): boolean {
  return (
    granted.includes('admin') ||
    granted.includes(needed) ||
    (needed === 'read' && granted.includes('write'))
  )
}
