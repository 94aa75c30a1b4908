import { composeRequest } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ntfy } from '../../src/formats/ntfy.ts'
import { conform } from './conform.ts'
import { bodies } from './demands.ts'

const config = { topic: 'tocsin-alerts', token: 'tk_a-token' }
const url = 'https://ntfy.sh/'
const message = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  title: z.string().min(1).max(250),
  message: z.string().refine((text) => Buffer.byteLength(text) <= 4096),
  priority: z.int().min(1).max(5),
  tags: z.array(z.string()),
  click: z.url().optional(),
})

describe('ntfy', () => {
  conform(ntfy, { config, url, demands: bodies(message) })
})

test('it is sent to the root of the server, under its token', async () => {
  const request = await composeRequest(ntfy, undefined, { config, url: 'https://ntfy.sh/tocsin' })
  expect(request.url).toBe('https://ntfy.sh/')
  expect(request.headers.Authorization).toBe('Bearer tk_a-token')
})

test('a topic that ntfy would not take is refused', () => {
  expect(ntfy.config?.safeParse({ topic: 'a/b' }).success).toBe(false)
})
