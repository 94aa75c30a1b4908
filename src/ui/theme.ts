import type { Context, Pages } from './context.ts'
import { fields, here } from './form.ts'

const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** The theme that was chosen; the system's until then. */
export function themeOf({ req }: Context): Theme {
  const [, chosen] = /(?:^|;\s*)tocsin_theme=(\w+)/.exec(req.header('cookie') ?? '') ?? []
  return themes.find((theme) => theme === chosen) ?? 'system'
}

/** Choosing light or dark: a form, so that it works without a script. */
export function themePages(pages: Pages): void {
  pages.post('/theme', async (context) => {
    const form = await fields(context)
    const theme = themes.find((it) => it === form.text('theme')) ?? 'system'
    context.header(
      'Set-Cookie',
      `tocsin_theme=${theme}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`,
    )
    return context.redirect(here(form.text('next')), 303)
  })
}
