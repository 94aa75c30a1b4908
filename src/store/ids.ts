import { uuidv7 } from 'uuidv7'

/** A new id. Time-ordered, so that lists and cursors need no other column. */
export const newId: () => string = uuidv7

const shape = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Whether this can be an id at all; the database refuses to compare anything else with one. */
export function isId(value: string): boolean {
  return shape.test(value)
}
