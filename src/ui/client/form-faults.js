/** A field whose fault was told while it was written is marked as wrong, until it is right. */
function mark() {
  for (const fault of document.querySelectorAll('p.fault[id]')) {
    const field = document.getElementById(fault.id.replace(/-fault$/, ''))
    if (field === null) continue
    const wrong = fault.textContent.trim() !== ''
    const hint = document.getElementById(`${field.id}-hint`)
    const told = [hint?.id, wrong ? fault.id : undefined].filter((id) => id !== undefined)
    if (wrong) field.setAttribute('aria-invalid', 'true')
    else field.removeAttribute('aria-invalid')
    if (told.length > 0) field.setAttribute('aria-describedby', told.join(' '))
    else field.removeAttribute('aria-describedby')
  }
}

document.addEventListener('htmx:after:swap', mark)
