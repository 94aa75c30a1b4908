import owasp from '@stoplight/spectral-owasp-ruleset'

/**
 * The OWASP ruleset. One of its rules takes every member named `headers` for the headers of an
 * answer, and webhooks have a field of that name: here it looks at the headers of answers only.
 */
export default {
  extends: [owasp],
  rules: {
    'owasp:api8:2023-define-cors-origin': {
      ...owasp.rules['owasp:api8:2023-define-cors-origin'],
      given: ['$.paths[*][*].responses[*].headers', '$.components.responses[*].headers'],
    },
  },
}
