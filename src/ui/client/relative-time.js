const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
]

/** As the server writes it. */
function relative(at, now) {
  const ms = Math.abs(now - at)
  if (ms < 1000) return 'now'
  const [unit, size] = units.find(([, size]) => ms >= size)
  const span = `${Math.floor(ms / size)} ${unit}`
  return at > now ? `in ${span}` : `${span} ago`
}

/** `<relative-time><time datetime>`: stays true, and tells the reader's own time too. */
class RelativeTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector('time')
    if (time === null) return
    const at = Date.parse(time.dateTime)
    time.title = `${time.dateTime.slice(0, 19).replace('T', ' ')} UTC · ${new Date(at).toLocaleString()}`
    this.timer = setInterval(() => {
      const text = relative(at, Date.now())
      if (time.textContent !== text) time.textContent = text
    }, 5000)
  }

  disconnectedCallback() {
    clearInterval(this.timer)
  }
}

customElements.define('relative-time', RelativeTime)
