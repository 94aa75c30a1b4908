import { assets } from '../../dist/assets.js'
import type { Pages } from './context.ts'
import { type Gzip, unpacks } from './pack.ts'

/** Where each asset is: its name changes with what is in it, so that it may be kept for ever. */
export const assetPaths = {
  css: `/assets/${assets.css.name}`,
  js: `/assets/${assets.js.name}`,
  svg: `/assets/${assets.svg.name}`,
} as const

/** Style, script and icon, from memory. Nobody needs to be signed in. */
export function assetRoutes(pages: Pages, gzip: Gzip | undefined): void {
  for (const { name, type, text } of Object.values(assets)) {
    const headers = {
      'Content-Type': type,
      'Cache-Control': 'public, max-age=31536000, immutable',
    }
    const small = gzip?.(text)
    pages.get(`/assets/${name}`, ({ req }) =>
      small !== undefined && unpacks(req.header('Accept-Encoding'))
        ? new Response(small, {
            headers: { ...headers, 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' },
          })
        : new Response(text, { headers }),
    )
  }
  pages.get('/favicon.ico', (context) => context.redirect(assetPaths.svg, 301))
}
