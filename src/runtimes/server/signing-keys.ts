import { createHmac, createPrivateKey, createSecretKey, sign } from 'node:crypto'
import { ed25519Key, type SigningKeys } from '../../rules/signing-keys.ts'

/** By `node:crypto`, at once: WebCrypto hands each text to another thread, which costs more than to sign. */
export const signingKeys: SigningKeys = {
  hmac(bytes) {
    const key = createSecretKey(bytes)
    return (text) => createHmac('sha256', key).update(text).digest()
  },
  ed25519(seed) {
    const der = Buffer.from(ed25519Key(seed))
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    return (text) => sign(null, text, key)
  },
}
