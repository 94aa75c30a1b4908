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

/** Those on the page: one timer for all of them. */
const shown = new Set()

/** `<relative-time><time datetime>`: stays true, and tells the reader's own time too. */
class RelativeTime extends HTMLElement {
  connectedCallback() {
    shown.add(this)
    this.addEventListener('pointerenter', this)
  }

  disconnectedCallback() {
    shown.delete(this)
  }

  handleEvent() {
    const time = this.querySelector('time')
    if (time === null) return
    const exact = time.dateTime
    time.title = `${exact.slice(0, 19).replace('T', ' ')} UTC · ${new Date(exact).toLocaleString()}`
  }

  update(now) {
    const time = this.querySelector('time')
    if (time === null) return
    const at = Date.parse(time.dateTime)
    const text = at <= now ? (this.dataset.past ?? relative(at, now)) : relative(at, now)
    if (time.textContent !== text) time.textContent = text
  }
}

customElements.define('relative-time', RelativeTime)

setInterval(() => {
  const now = Date.now()
  for (const one of shown) one.update(now)
}, 5000)
