import { V7Generator } from 'uuidv7'

/** Random numbers are asked for by the thousand: a few at a time take longer than all else of an id. */
const random = new Uint32Array(1024)
let spent = random.length
const generator = new V7Generator({
  nextUint32() {
    if (spent >= random.length) {
      crypto.getRandomValues(random)
      spent = 0
    }
    const next = random[spent] ?? 0
    spent += 1
    return next
  },
})

/** A new id. Time-ordered, so that lists and cursors need no other column. */
export const newId = (): string => generator.generate().toString()

const shape = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Whether this can be an id at all; the database refuses to compare anything else with one. */
export function isId(value: string): boolean {
  return shape.test(value)
}

/** The least id of that moment: ids are time-ordered, so the primary key finds what is older. */
export function leastId(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}
