import { assets } from '../../dist/assets.js'
import type { Pages } from './context.ts'

/** Where each asset is: its name changes with what is in it, so that it may be kept for ever. */
export const assetPaths = {
  css: `/assets/${assets.css.name}`,
  js: `/assets/${assets.js.name}`,
  svg: `/assets/${assets.svg.name}`,
} as const

/** Style, script and icon, from memory. Nobody needs to be signed in. */
export function assetRoutes(pages: Pages): void {
  for (const { name, type, text } of Object.values(assets))
    pages.get(`/assets/${name}`, async ({ req }) => {
      const headers = {
        'Content-Type': type,
        'Cache-Control': 'public, max-age=31536000, immutable',
      }
      const zips = (req.header('accept-encoding') ?? '').includes('gzip')
      if (!zips || !packs) return new Response(text, { headers })
      const packed = await zipped(name, text)
      return new Response(packed, {
        headers: { ...headers, 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' },
      })
    })
  pages.get('/favicon.ico', (context) => context.redirect(assetPaths.svg, 301))
}

/** Whether we pack what we send. Cloudflare does by itself, and what is packed already once more. */
export const packs =
  typeof CompressionStream !== 'undefined' &&
  !(globalThis.navigator?.userAgent ?? '').includes('Cloudflare')
const packed = new Map<string, Promise<ArrayBuffer>>()

function zipped(name: string, text: string): Promise<ArrayBuffer> {
  const known = packed.get(name)
  if (known !== undefined) return known
  const stream = new Response(text).body?.pipeThrough(new CompressionStream('gzip'))
  const made = new Response(stream ?? null).arrayBuffer()
  packed.set(name, made)
  return made
}
