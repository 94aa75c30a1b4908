import type { Standing } from '../../store/standing.ts'
import { assetPaths } from '../assets.ts'
import type { Context } from '../context.ts'
import { type Theme, themeOf } from '../theme.ts'
import { Icon } from './icon.tsx'

const sections = {
  overview: { path: '/', title: 'Overview' },
  alerts: { path: '/alerts', title: 'Alerts' },
  webhooks: { path: '/webhooks', title: 'Webhooks' },
  deliveries: { path: '/deliveries', title: 'Deliveries' },
  'dead-letters': { path: '/dead-letters', title: 'Dead letters' },
  events: { path: '/events', title: 'Events' },
  catalogue: { path: '/event-types', title: 'Catalogue' },
  plugins: { path: '/plugins', title: 'Plugins' },
  settings: { path: '/settings', title: 'Settings' },
} as const
export type Section = keyof typeof sections

const themeNames: Readonly<Record<Theme, string>> = {
  system: 'System',
  light: 'Light',
  dark: 'Dark',
}

/** Where one can go, what wants attention there, and who is signed in. */
export async function Navigation({
  context,
  section,
  counts,
}: {
  context: Context
  section: Section
  counts: Promise<Standing>
}) {
  const { alerts, givenUp } = await counts
  const badges: Partial<Record<Section, number>> = { alerts, 'dead-letters': givenUp }
  return (
    <header class="bar">
      <a class="brand" href="/">
        <img src={assetPaths.svg} alt="" width="24" height="24" /> Tocsin
      </a>
      <button type="button" class="button menu-button" popovertarget="menu">
        Menu
      </button>
      <div id="menu" class="menu" popover="auto">
        <nav aria-label="Main">
          <ul>
            {Object.entries(sections).map(([name, { path, title }]) => (
              <li>
                <a href={path} aria-current={name === section ? 'page' : undefined}>
                  <Icon name={name as Section} />
                  {title} <Badge count={badges[name as Section] ?? 0} />
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="bar-foot">
          <form method="post" action="/theme" class="themes" aria-label="Theme">
            <input type="hidden" name="next" value={pathOf(context)} />
            {(['system', 'light', 'dark'] as const).map((theme) => (
              <button
                type="submit"
                name="theme"
                value={theme}
                aria-pressed={themeOf(context) === theme ? 'true' : 'false'}
              >
                {themeNames[theme]}
              </button>
            ))}
          </form>
          <Who context={context} />
        </div>
      </div>
    </header>
  )
}

function Who({ context }: { context: Context }) {
  const { principal } = context.var
  if (principal === undefined) return null
  const signedIn = context.req.header('cookie')?.includes('tocsin_session=') === true
  return (
    <div class="who">
      <span class="muted">{principal.name}</span>
      {signedIn && (
        <form method="post" action="/sign-out">
          <button type="submit" class="link">
            Sign out
          </button>
        </form>
      )}
    </div>
  )
}

function Badge({ count }: { count: number }) {
  if (count === 0) return null
  return <span class="badge">{count > 999 ? '999+' : count}</span>
}

function pathOf({ req }: Context): string {
  const { pathname, search } = new URL(req.url)
  return req.method === 'GET' ? pathname + search : '/'
}
