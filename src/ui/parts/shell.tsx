import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Service } from '../../api/service.ts'
import { type Standing, standing } from '../../store/standing.ts'
import { assetPaths } from '../assets.ts'
import type { Context, Site } from '../context.ts'
import { themeOf } from '../theme.ts'
import { Navigation, type Section } from './navigation.tsx'
import { Notice, takeNotice } from './notice.tsx'

/** What a page is called and where it belongs. */
export interface Place {
  readonly title: string
  readonly section: Section
  /** Loaded again every two seconds, where no script keeps it up to date. */
  readonly follows?: boolean
}

const asked = new WeakMap<Context, Promise<Standing>>()

/** What wants attention, asked once a page, and as early as it is known that there is one. */
export function standingNow({ store }: Service, context: Context): Promise<Standing> {
  const known = asked.get(context)
  if (known !== undefined) return known
  const counts = standing(store)
  asked.set(context, counts)
  // A failure is told by whoever awaits it.
  counts.catch(() => undefined)
  return counts
}

/** A whole page within the shell. */
export async function page(
  { service }: Site,
  context: Context,
  { title, section, follows = false }: Place,
  content: Child,
) {
  const counts = standingNow(service, context)
  const notice = takeNotice(context)
  return doc(
    context,
    title,
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <div class="shell">
        <Navigation context={context} section={section} counts={counts} />
        <main id="main" tabindex={-1}>
          <Notice notice={notice} />
          {content}
        </main>
      </div>
    </>,
    follows && (
      <noscript>
        <meta http-equiv="refresh" content="2" />
      </noscript>
    ),
  )
}

/** A page by itself: before anybody has signed in, and where something went wrong. */
export async function bare(context: Context, title: string, content: Child, reloadAt?: string) {
  return doc(
    context,
    title,
    <main id="main" class="bare">
      <p class="brand">
        <img src={assetPaths.svg} alt="" width="28" height="28" /> Tocsin
      </p>
      {content}
    </main>,
    reloadAt !== undefined && <meta http-equiv="refresh" content={`0; url=${reloadAt}`} />,
  )
}

async function doc(context: Context, title: string, content: Child, refresh: Child) {
  const html = (
    <html lang="en" data-theme={themeOf(context)}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          name="description"
          content="Tocsin watches Valkey and Redis instances and calls your webhooks."
        />
        {refresh}
        <title>{title} · Tocsin</title>
        <link rel="icon" href={assetPaths.svg} type="image/svg+xml" />
        <link rel="stylesheet" href={assetPaths.css} />
        <script type="module" src={assetPaths.js} />
      </head>
      <body>{content}</body>
    </html>
  )
  context.header('Cache-Control', 'no-store')
  // Parts that read something first make it a promise.
  return raw(`<!doctype html>${await html.toString()}`)
}
