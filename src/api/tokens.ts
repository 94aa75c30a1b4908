import { sha256 } from '../rules/digest.ts'
import { type Scope, scopeNames } from '../rules/scope.ts'
import { generateToken, tokenHint } from '../rules/token.ts'
import { recordAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { deleteToken, insertToken, listTokens, type Token } from '../store/tokens.ts'

/** What a token is made for. */
export interface TokenWish {
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Null: it never expires. */
  readonly expiresAt: Date | null
}

/** Makes a token; the secret is in this answer and nowhere else. */
export async function makeToken(
  db: Database,
  { name, scopes, expiresAt }: TokenWish,
  source: 'api' | 'cli',
) {
  const token = generateToken()
  const [hash, hint] = [await sha256(token), tokenHint(token)]
  const row = await insertToken(db, { name, hash, hint, scopes: [...scopes], expiresAt, source })
  return { ...presentToken(row), token }
}

/** A token as answers show it. */
export function presentToken({ expiresAt, lastUsedAt, createdAt, hash: _, ...token }: Token) {
  return {
    ...token,
    scopes: scopeNames.filter((scope) => token.scopes.includes(scope)),
    expiresAt: expiresAt?.getTime() ?? null,
    lastUsedAt: lastUsedAt?.getTime() ?? null,
    createdAt: createdAt.getTime(),
  }
}

/** Tokens without the API, for the command line of those who run the service. */
export function manageTokens(db: Database) {
  const record = (action: string, target: string, fields: readonly string[]) =>
    recordAudit(db, {
      actor: 'command line',
      tokenId: null,
      action,
      target,
      fields,
      requestId: null,
    })
  return {
    async create(wish: TokenWish) {
      const made = await makeToken(db, wish, 'cli')
      await record('createToken', made.id, Object.keys(wish))
      return made
    },
    /** The newest thousand. */
    async list() {
      return (await listTokens(db, { limit: 1000 })).map(presentToken)
    },
    /** False where there is none of that id, or it is the environment's. */
    async revoke(id: string) {
      const revoked = await deleteToken(db, id)
      if (revoked) await record('revokeToken', id, [])
      return revoked
    },
  }
}
