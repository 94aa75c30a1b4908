import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectionFault, loginFault, replyFault } from '../../src/valkey/fault.ts'

const coded = (code: string, message = code) => Object.assign(new Error(message), { code })

describe('replyFault', () => {
  test.each([
    ['NOAUTH Authentication required.', 'auth'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'auth'],
    ["NOPERM this user has no permissions to run the 'info' command", 'denied'],
    ['DENIED Redis is running in protected mode because…', 'denied'],
    ["ERR unknown command 'NOPE', with args beginning with: 'a' ", 'unsupported'],
    ["ERR unknown subcommand 'X'. Try LATENCY HELP.", 'unsupported'],
    ['ERR This instance has cluster support disabled', 'unsupported'],
    ['ERR command is not allowed', 'unsupported'],
    ['LOADING Redis is loading the dataset in memory', 'loading'],
    ['BUSY Redis is busy running a script. You can only call SCRIPT KILL.', 'busy'],
    ['BUSYKEY Target key name already exists.', 'error'],
    ['ERR max number of clients reached', 'max_clients'],
    ['ERR max number of clients + cluster connections reached', 'max_clients'],
    ["MISCONF Errors writing to the AOF file: it's full", 'error'],
    ['MASTERDOWN Link with MASTER is down', 'error'],
  ])('takes "%s" for %s', (reply, fault) => {
    expect(replyFault(reply).fault).toBe(fault)
  })

  test('does not repeat the arguments an unknown command was called with', () => {
    const reply = "ERR unknown command 'AUTH', with args beginning with: 'user' 'hunter2' "
    expect(replyFault(reply).message).toBe("unknown command 'AUTH'")
  })

  test('says what a user may not run', () => {
    const reply = "NOPERM this user has no permissions to run the 'info' command"
    expect(replyFault(reply).message).toBe(
      "No permission: this user has no permissions to run the 'info' command",
    )
  })

  test('keeps any reply to one line of at most 180 characters, and answered', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (reply) => {
        const fault = replyFault(`ERR ${reply}`)
        expect(fault.message).not.toMatch(/[\r\n]/)
        expect(fault.message.length).toBeLessThanOrEqual(180)
        expect(fault.unanswered).toBe(false)
      }),
    )
  })
})

describe('loginFault', () => {
  test.each([
    'ERR AUTH <password> called without any password configured for the default user. Are you sure?',
    'ERR Client sent AUTH, but no password is set',
  ])('knows a server that wants no password: "%s"', (reply) => {
    expect(loginFault(reply).fault).toBe('unsupported')
  })

  test.each([
    'WRONGPASS invalid username-password pair or user is disabled.',
    'ERR invalid password',
    "ERR wrong number of arguments for 'auth' command",
    "ERR unknown command 'AUTH', with args beginning with: 'user' 'hunter2' ",
    'ERR AUTH hunter2 is not supported',
  ])('takes "%s" for a failed login without repeating it', (reply) => {
    expect(loginFault(reply).fault).toBe('auth')
    expect(loginFault(reply).message).not.toContain('hunter2')
  })

  test('leaves a full or loading server what it is', () => {
    expect(loginFault('ERR max number of clients reached').fault).toBe('max_clients')
    expect(loginFault('LOADING Redis is loading the dataset in memory').fault).toBe('loading')
  })
})

describe('connectionFault', () => {
  test.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['EAI_NODATA', 'dns'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['ETIMEDOUT', 'timeout'],
    ['ECONNRESET', 'closed'],
    ['EPIPE', 'closed'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['EPROTO', 'tls'],
  ])('takes %s for %s, unanswered', (code, fault) => {
    expect(connectionFault(coded(code))).toMatchObject({ fault, unanswered: true })
  })

  test('says of a refusal what the seed prints', () => {
    const refused = coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:6379')
    expect(connectionFault(refused).message).toBe('Connection refused')
  })

  test('looks into the errors of several addresses tried', () => {
    const both = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])
    expect(connectionFault(both).fault).toBe('refused')
  })

  test('makes one line of the errors of OpenSSL', () => {
    const line =
      '40E7A57B927F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../s.c:354:\n'
    expect(connectionFault(coded('ERR_SSL_WRONG_VERSION_NUMBER', line)).message).toBe(
      'TLS failed: wrong version number',
    )
  })

  test('knows a handshake cut short, a full server and one that is no Valkey', () => {
    const cut = 'Client network socket disconnected before secure TLS connection was established'
    expect(connectionFault(coded('ECONNRESET', cut)).fault).toBe('tls')
    const full =
      'Command queue state error. Last error: ReplyError: ERR max number of clients reached'
    expect(connectionFault(new Error(full)).fault).toBe('max_clients')
    const http = 'Protocol error, got "H" as reply type byte. Please report this.'
    expect(connectionFault(new Error(http))).toMatchObject({ fault: 'closed', unanswered: true })
  })

  test('takes anything else for a lost connection', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(connectionFault(thrown).unanswered).toBe(true)
      }),
    )
  })
})
