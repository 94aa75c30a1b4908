#!/usr/bin/env node
// The launcher: plain JavaScript, so that it runs anywhere and can say so where Tocsin cannot.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Tocsin needs Node 20.19 or newer; this is ${process.version}.`)
  process.exit(1)
}
const { freshBundle } = await import('./bundle.js')
await import((await freshBundle()).href)
