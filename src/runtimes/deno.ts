/**
 * HTTP on Deno: as on Node, which Deno has whole. `Deno.serve` would hold a connection for as long as
 * its client likes, sending nothing, or headers and bodies by the drop.
 */
export { listen } from './node.ts'
