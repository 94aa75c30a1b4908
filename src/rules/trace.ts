/** W3C Trace Context, level 1: version 00 is of this length, later ones may be longer. */
const shape = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-\S*)?$/
const longest = 512

/**
 * The trace a request belongs to, as one text: `traceparent`, and after a blank `tracestate` where
 * there is one. Undefined where there is none, or what is sent is none: that is no fault of a request.
 */
export function readTrace(headers: Pick<Headers, 'get'>): string | undefined {
  const parent = headers.get('traceparent')?.trim() ?? ''
  if (!shape.test(parent) || parent.length > longest) return undefined
  if (parent.startsWith('00') && parent.length !== 55) return undefined
  const state = headers.get('tracestate')?.trim() ?? ''
  return state === '' || !/^[\x20-\x7e]{1,512}$/.test(state) ? parent : `${parent} ${state}`
}

/** The headers that pass a trace on, which {@link readTrace} has read. */
export function traceHeaders(trace: string | null | undefined): Record<string, string> {
  if (trace == null) return {}
  const [traceparent = '', ...state] = trace.split(' ')
  return { traceparent, ...(state.length > 0 && { tracestate: state.join(' ') }) }
}
