import type { FormatEvent } from 'tocsin/plugin'
import { formatEvent } from 'tocsin/testing'

/** A shared secret that every scheme can use. */
export const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
export const older = 'whsec_//79/Pv6+fj39vX08/Lx8O/u7ezr6uno'

const whole = formatEvent()

/** A server that does not answer. */
export const down = formatEvent({
  type: 'instance.down',
  meaning: 'connection_failed',
  threshold: undefined,
  data: { reason: 'Connection refused', message: 'Unreachable: Größe 🚨' },
})

/** It answers again. */
export const up = formatEvent({
  type: 'instance.up',
  meaning: 'healthy',
  severity: 'info',
  threshold: undefined,
  data: { message: 'Recovered' },
  alert: { ...whole.alert, type: 'instance.down', state: 'resolved' },
})

/** A value is back in the safe range, after five minutes. */
export const resolved = formatEvent({
  type: 'alert.resolved',
  severity: 'info',
  threshold: undefined,
  data: { event: 'memory.critical', value: 80.2, threshold: 90, message: 'resolved' },
  alert: { ...whole.alert, state: 'resolved', since: whole.timestamp - 300_000 },
})

/** Something that is no trouble. */
export const news: FormatEvent = formatEvent({
  type: 'config.changed',
  severity: 'info',
  threshold: undefined,
  data: { configKey: 'maxmemory', message: 'maxmemory changed' },
  alert: { ...whole.alert, lasting: false },
})
