import htmx from 'htmx.org'

// What a reader has opened stays open, whatever the server thinks of it.
htmx.config.morphIgnore.push('open')

/**
 * `<live-updates stream="/live">`: has the live parts of the page fetched again when something has
 * changed, or every so often where the server keeps no stream open.
 */
class LiveUpdates extends HTMLElement {
  connectedCallback() {
    document.addEventListener('visibilitychange', this)
    document.addEventListener('focusout', this)
    const stream = this.getAttribute('stream')
    if (stream === null) this.timer = setInterval(() => this.refresh(), 10_000)
    else this.listen(stream)
  }

  listen(stream) {
    this.source = new EventSource(stream)
    this.source.addEventListener('change', () => this.refresh())
    this.source.addEventListener('error', () => {
      // By itself it comes back from a connection that broke, but not from an answer that is no stream:
      // a proxy's whose server restarts, or the way to sign in.
      if (this.source.readyState !== EventSource.CLOSED) return
      this.timer = setTimeout(() => {
        this.refresh()
        this.listen(stream)
      }, 5000)
    })
  }

  refresh() {
    this.missed = document.visibilityState !== 'visible' || this.isBusy()
    if (!this.missed) document.body.dispatchEvent(new CustomEvent('refresh'))
  }

  /** Whoever is typing or has something open within a live part keeps it. */
  isBusy() {
    return document.activeElement?.closest('#live input, #live select, #live textarea') != null
  }

  /** Somebody looks again, or has ended writing. */
  handleEvent() {
    setTimeout(() => this.missed && this.refresh())
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this)
    document.removeEventListener('focusout', this)
    clearTimeout(this.timer)
    this.source?.close()
  }
}

customElements.define('live-updates', LiveUpdates)
