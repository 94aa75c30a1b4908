import { definePlugin } from 'tocsin/plugin'
import { expect, test } from 'vitest'
import {
  capabilityKey,
  commandsOf,
  type Lacks,
  missingOf,
  monitoringUser,
} from '../../src/rules/lacks.ts'
import { level, thing } from '../support/pipeline.ts'

const plugin = definePlugin({
  name: 'sample',
  events: [level, thing],
  requires: {
    commands: ['info', 'acl|log', 'client|list', 'config|get'],
    capabilities: {
      'config|get': {},
      'acl|log': { events: ['thing.happened'], without: 'Nobody tells what.' },
      'client|list': { without: 'Nobody tells who.' },
      log: { without: 'The log is off.', enable: 'CONFIG SET log yes' },
    },
  },
})
const lack = (reason: Lacks[string]['reason'], message = '') => ({ reason, message, at: 1 })

test('nothing is missing where nothing was refused, or only what others need', () => {
  expect(missingOf(plugin, {}, 'bob')).toEqual([])
  expect(
    missingOf(
      plugin,
      { ping: lack('denied'), 'config|get': lack('denied'), 'other/log': lack('off') },
      'bob',
    ),
  ).toEqual([])
})

test('a denied command comes with the line that grants it, and with the events that are lost', () => {
  expect(missingOf(plugin, { 'acl|log': lack('denied', 'No permission') }, 'bob')).toEqual([
    {
      name: 'acl|log',
      reason: 'denied',
      message: 'No permission',
      events: ['thing.happened'],
      without: 'Nobody tells what.',
      fix: 'ACL SETUSER bob +acl|log',
    },
  ])
})

test('without a command of which nothing is said all events are lost', () => {
  expect(missingOf(plugin, { info: lack('denied') }, 'bob')).toMatchObject([
    { events: ['level.high', 'thing.happened'], fix: 'ACL SETUSER bob +info' },
  ])
})

test('what is off comes with what turns it on; what the server has not cannot be mended', () => {
  const lacks = {
    'client|list': lack('unsupported'),
    [capabilityKey('sample', 'log')]: lack('off'),
  }
  expect(missingOf(plugin, lacks, 'bob')).toMatchObject([
    { name: 'client|list', events: [], without: 'Nobody tells who.' },
    { name: 'log', fix: 'CONFIG SET log yes' },
  ])
  expect(missingOf(plugin, lacks, 'bob')[0]).not.toHaveProperty('fix')
})

test('a monitoring user may do what the plugins need, each once, and nothing else', () => {
  const other = definePlugin({
    name: 'other',
    events: [],
    requires: { commands: ['info', 'ping'] },
  })
  expect(monitoringUser('tocsin', commandsOf([plugin, other]))).toBe(
    'ACL SETUSER tocsin on >PASSWORD resetkeys resetchannels -@all +info +acl|log +client|list +config|get +ping',
  )
})
