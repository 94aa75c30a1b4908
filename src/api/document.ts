import { scopes } from '../rules/scope.ts'
import type { Api } from './context.ts'
import { addExamples } from './examples.ts'
import { describeConfigs } from './format-schemas.ts'
import { describePayloads } from './payloads.ts'
import { nameScopes } from './scopes.ts'
import type { Service } from './service.ts'

const tags = [
  { name: 'Webhooks', description: 'Endpoints and what they hear of.' },
  { name: 'Deliveries', description: 'What was sent to webhooks, and trying again.' },
  { name: 'Instances', description: 'Valkey and Redis servers under watch.' },
  { name: 'Events', description: 'What happened, and the event types there are.' },
  { name: 'Alerts', description: 'Thresholds standing crossed.' },
  { name: 'Plugins', description: 'Who observes, and how that goes.' },
  { name: 'Tokens', description: 'Who may ask, and who changed what.' },
  { name: 'Service', description: 'The service itself.' },
  { name: 'Payloads', description: 'What webhooks receive.' },
]

/** The OpenAPI 3.1 document of every route, and of every payload that is sent. */
export function createDocument(api: Api, { version, catalog, formats }: Service): object {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.1',
    info: {
      title: 'Tocsin',
      version,
      description:
        'Watches Valkey and Redis instances and calls your webhooks. Errors are ' +
        '`application/problem+json` (RFC 9457); times are epoch milliseconds; ids are opaque.',
    },
    servers: [{ url: '/', description: 'Where this document was read.' }],
    security: [{ token: [] }],
    tags,
  })
  addExamples(document)
  nameScopes(document)
  const { webhooks, schemas, parameters } = describePayloads(
    catalog.events.values(),
    formats.all[0].name,
  )
  const configs = describeConfigs(formats)
  return {
    ...document,
    webhooks,
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...schemas, ...configs },
      parameters: { ...document.components?.parameters, ...parameters },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An API token of this service. `x-required-scopes` of an operation names the scope it needs.',
          'x-scopes': scopes,
        },
      },
    },
  }
}
