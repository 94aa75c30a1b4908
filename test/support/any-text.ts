import fc from 'fast-check'

const between = (min: number, max: number) =>
  fc.integer({ min, max }).map((point) => String.fromCodePoint(point))

/** One code point, no surrogate: what breaks texts comes more often than it is used. */
const anyCharacter: fc.Arbitrary<string> = fc.oneof(
  between(0x20, 0x7e),
  fc.constantFrom(
    ...'"\'\\`<>&*_~|[](){}#@:%\n\r\t\0\u001b\u007f\u0085\u2028\ufeff\u202e\u200d\u0301אع日ß…🚨👍',
  ),
  between(0, 0xd7ff),
  between(0xe000, 0xffff),
  between(0x10000, 0x10ffff),
)

/**
 * Texts of any characters. fast-check's own `unit: 'binary'` is prepared for seconds in each process,
 * for a table of all characters there are.
 */
export const anyText = (constraints: Omit<fc.StringConstraints, 'unit'> = {}) =>
  fc.string({ ...constraints, unit: anyCharacter })
