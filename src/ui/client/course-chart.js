import htmx from 'htmx.org'

// Where the mark stands is the reader's, not the server's.
htmx.config.morphIgnore.push('style')

const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }

/** `<course-chart>`: says what was read when, at the pointer or as arrow keys go through it. */
class CourseChart extends HTMLElement {
  connectedCallback() {
    this.addEventListener('pointermove', this)
    this.addEventListener('pointerleave', this)
    this.addEventListener('input', this)
    this.addEventListener('focusout', this)
  }

  handleEvent({ type, clientX }) {
    const input = this.querySelector('input')
    if (type === 'pointerleave' || type === 'focusout') {
      this.querySelector('output').textContent = ''
      return
    }
    const from = Number(this.dataset.from)
    const points = this.dataset.points.split(';').map((point) => {
      const [, after, text] = /^(\d+) (.*)$/.exec(point)
      return { at: from + Number(after) * 1000, text }
    })
    const share = (at) => (at - from) / (Number(this.dataset.to) - from)
    if (type === 'pointermove') {
      const { left, width } = this.getBoundingClientRect()
      const distance = ({ at }) => Math.abs(share(at) - (clientX - left) / width)
      input.value = String(
        points.reduce(
          (best, point, index) => (distance(point) < distance(points[best]) ? index : best),
          0,
        ),
      )
    }
    const point = points[Number(input.value)]
    if (point !== undefined) this.show(point, share(point.at))
  }

  show({ at, text }, share) {
    const output = this.querySelector('output')
    output.textContent = `${text}, ${new Date(at).toLocaleTimeString([], time)}`
    output.style.setProperty('--at', `${share * 100}%`)
    output.classList.toggle('late', share > 0.5)
    this.querySelector('input').setAttribute('aria-valuetext', output.textContent)
  }
}

customElements.define('course-chart', CourseChart)

/** The axis tells the reader's own time; without a script it tells that of UTC, and says so. */
function localise() {
  for (const mark of document.querySelectorAll('.axis time'))
    mark.textContent = new Date(mark.dateTime).toLocaleTimeString([], time)
}

localise()
document.addEventListener('htmx:after:swap', localise)
