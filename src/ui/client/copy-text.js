/** `<copy-text>`: puts what it holds, or `data-text`, where people can paste it from. */
class CopyText extends HTMLElement {
  connectedCallback() {
    if (this.querySelector('button') !== null || navigator.clipboard === undefined) return
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'button compact'
    button.textContent = 'Copy'
    button.setAttribute('aria-label', `Copy ${this.dataset.label ?? 'this text'}`)
    button.addEventListener('click', async () => {
      const held = this.querySelector('pre, code')?.textContent
      await navigator.clipboard.writeText(this.dataset.text ?? held ?? '')
      button.textContent = 'Copied'
      setTimeout(() => {
        button.textContent = 'Copy'
      }, 1500)
    })
    this.append(button)
  }
}

customElements.define('copy-text', CopyText)
