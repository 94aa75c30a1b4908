// Everything works without this. It keeps open pages true, asks the server about forms while they are
// written, and copies.
import 'htmx.org'
import './copy-text.js'
import './course-chart.js'
import './form-faults.js'
import './live-updates.js'
import './relative-time.js'
import './key-moves.js'
