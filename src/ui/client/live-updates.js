import htmx from 'htmx.org'

// What a reader has opened stays open, whatever the server thinks of it.
htmx.config.morphIgnore.push('open')

const everyMs = 10_000
const againMs = 5000
const shared = 'tocsin-live'

/**
 * `<live-updates stream="/live">`: has the live parts of the page fetched again when something has
 * changed, or every so often where the server keeps no stream open.
 */
class LiveUpdates extends HTMLElement {
  connectedCallback() {
    document.addEventListener('visibilitychange', this)
    document.addEventListener('focusout', this)
    this.listen()
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this)
    document.removeEventListener('focusout', this)
    this.leave()
  }

  handleEvent({ type }) {
    if (type === 'visibilitychange') {
      if (document.visibilityState === 'visible') this.refresh()
      this.listen()
    }
    // Who has ended writing is shown what came meanwhile.
    else setTimeout(() => this.missed && this.refresh())
  }

  /** Nobody looks at a hidden page: it asks for nothing until it is seen again. */
  listen() {
    this.leave()
    if (document.visibilityState !== 'visible') return
    const stream = this.getAttribute('stream')
    if (stream === null) {
      this.timer = setInterval(() => this.refresh(), everyMs)
      return
    }
    this.channel = new BroadcastChannel(shared)
    this.channel.addEventListener('message', () => this.refresh())
    this.turn = new AbortController()
    // A browser opens six connections to a server, for all its tabs: one of them listens for the others.
    // Only pages of https, or of this machine, can agree on which.
    if (navigator.locks === undefined) this.follow(stream)
    else
      navigator.locks
        .request(shared, { signal: this.turn.signal }, () => {
          this.follow(stream)
          return new Promise((release) => {
            this.release = release
          })
        })
        .catch(() => {
          // Left before it was this page's turn.
        })
  }

  follow(stream) {
    this.source = new EventSource(stream)
    this.source.addEventListener('change', () => {
      this.channel.postMessage('change')
      this.refresh()
    })
    this.source.addEventListener('error', () => {
      // By itself it comes back from a connection that broke, but not from an answer that is no stream:
      // a proxy's whose server restarts, or the way to sign in.
      if (this.source.readyState !== EventSource.CLOSED) return
      this.timer = setTimeout(() => {
        this.refresh()
        this.follow(stream)
      }, againMs)
    })
  }

  leave() {
    clearTimeout(this.timer)
    this.source?.close()
    this.channel?.close()
    this.turn?.abort()
    this.release?.()
  }

  /** Whoever is typing or has something open within a live part keeps it. */
  refresh() {
    this.missed = document.activeElement?.closest('#live :is(input, select, textarea)') != null
    if (!this.missed) document.body.dispatchEvent(new CustomEvent('refresh'))
  }
}

customElements.define('live-updates', LiveUpdates)
