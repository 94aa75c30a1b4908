// Without a script there would be nothing behind the buttons.
document.documentElement.dataset.scripted = ''

/** The button within `<copy-text>` puts what that holds where people can paste it from. */
document.addEventListener('click', async ({ target }) => {
  const button = target instanceof Element ? target.closest('copy-text > button') : null
  const held = button?.parentElement.querySelector('pre, code')
  if (held == null) return
  button.textContent = (await copy(held)) ? 'Copied' : 'Ctrl+C'
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 1500)
})

/** Browsers keep the newer way from pages that came over plain http from another machine. */
async function copy(held) {
  try {
    await navigator.clipboard.writeText(held.textContent)
    return true
  } catch {
    getSelection()?.selectAllChildren(held)
    return document.execCommand('copy')
  }
}
