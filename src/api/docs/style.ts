/** How the reference looks: readable in light and dark, narrow and wide. */
export const style = `
:root { color-scheme: light dark; --line: light-dark(#d4d9e0, #3a414b); --soft: light-dark(#f4f6f8, #1d2127); --link: light-dark(#0b57a4, #7db9f5) }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #14171b); color: light-dark(#1c2127, #e3e7ec) }
a { color: var(--link) }
nav { padding: 1rem; border-bottom: 1px solid var(--line) }
nav ul { list-style: none; padding: 0; margin: 0 0 .75rem }
nav h2 { font-size: 1rem; margin: .75rem 0 .25rem }
main { padding: 1rem; max-width: 60rem }
article { border: 1px solid var(--line); border-radius: .5rem; padding: 0 1rem; margin: 0 0 1rem }
article:target { outline: 2px solid var(--link) }
h3 { font-size: 1.05rem; overflow-wrap: anywhere }
code, pre { font: .875em/1.5 ui-monospace, monospace }
pre { background: var(--soft); padding: .75rem; overflow: auto; border-radius: .25rem; max-height: 24rem }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; font-size: .9375rem }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere }
@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 19rem 1fr }
  nav { position: sticky; top: 0; height: 100vh; overflow: auto; border: 0; border-right: 1px solid var(--line) }
  main { padding: 1rem 2rem }
}
`
