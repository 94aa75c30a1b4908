/** j and k go through the rows of a list, where nobody is writing. */
document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
  if ((key !== 'j' && key !== 'k') || ctrlKey || metaKey || altKey) return
  if (target instanceof HTMLElement && target.closest('input, select, textarea') !== null) return
  const links = [...document.querySelectorAll('tbody tr td:first-child a, .instance h3 a')]
  const at = links.indexOf(document.activeElement)
  links[key === 'j' ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0)]?.focus()
})
