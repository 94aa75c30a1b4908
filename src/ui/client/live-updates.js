/**
 * `<live-updates stream="/live">`: has the live parts of the page fetched again when something has
 * changed, or every so often where the server keeps no stream open.
 */
class LiveUpdates extends HTMLElement {
  connectedCallback() {
    const stream = this.getAttribute('stream')
    const refresh = () => {
      if (document.visibilityState === 'visible' && !this.isBusy())
        document.body.dispatchEvent(new CustomEvent('refresh'))
    }
    if (stream === null) this.timer = setInterval(refresh, 10_000)
    else {
      this.source = new EventSource(stream)
      this.source.addEventListener('change', refresh)
    }
  }

  /** Whoever is typing or has something open within a live part keeps it. */
  isBusy() {
    return document.activeElement?.closest('#live input, #live select, #live textarea') != null
  }

  disconnectedCallback() {
    clearInterval(this.timer)
    this.source?.close()
  }
}

customElements.define('live-updates', LiveUpdates)
