import { scopes } from '../../rules/scope.ts'
import type { Api } from '../context.ts'
import type { Service } from '../service.ts'
import { boundSchema } from './bounds.ts'
import { tellDefaults } from './defaults.ts'
import { addExamples, completeExamples } from './examples.ts'
import { describeConfigs, describeReference } from './format-schemas.ts'
import { headers, withHeaders } from './headers.ts'
import { nameSchemas } from './names.ts'
import {
  type Answers,
  describeBodies,
  dropAliases,
  type Operations,
  operationsOf,
  tellOfPayloads,
} from './operations.ts'
import { describePayloads } from './payloads.ts'
import { mapSchemas, type Schema } from './schema.ts'
import { nameScopes } from './scopes.ts'
import { tags } from './tags.ts'
import { joinUnions } from './unions.ts'

/**
 * As package.json has it: none is granted. SPDX has no word for that, so the identifier is one of our own;
 * the types of OpenAPI 3.0 do not know it.
 */
const license = { name: 'All rights reserved', identifier: 'LicenseRef-All-Rights-Reserved' }

/** The OpenAPI 3.1 document of every route, and of every payload that is sent. */
export function createDocument(api: Api, { version, catalog, formats }: Service): object {
  const {
    paths = {},
    components = {},
    ...head
  } = api.getOpenAPI31Document({
    openapi: '3.1.1',
    info: {
      title: 'Tocsin',
      version,
      description:
        'Watches Valkey and Redis instances and calls your webhooks. Errors are ' +
        '`application/problem+json` (RFC 9457); times are epoch milliseconds; ids are opaque.',
      contact: { name: 'The operator of this service' },
      license,
    },
    servers: [
      {
        url: '/',
        description: 'Where this document was read, be it local or production.',
        'x-internal': false,
      },
    ],
    security: [{ token: [] }],
    tags,
  })
  const payloads = describePayloads(catalog.events.values(), formats.all[0].name)
  const operations = paths as Operations
  dropAliases(operations)
  nameScopes(operations)
  describeBodies(operations)
  for (const { operation } of operationsOf(operations))
    operation.responses = withHeaders(operation.responses)
  tellOfPayloads(operations, payloads.callback)

  const schemas = {
    ...components.schemas,
    SecretReference: describeReference(),
    ...payloads.schemas,
    ...describeConfigs(formats),
  }
  const named = nameSchemas(
    joined({ ...head, paths: operations, webhooks: payloads.webhooks }),
    worded({ schemas: schemas as Record<string, Schema> }).schemas,
  )
  const complete = completeExamples(bounded({ schemas: named.schemas }).schemas)
  const document = bounded(named.document) as { readonly paths: Operations }
  addExamples(document.paths, complete)
  return {
    ...document,
    components: bounded({
      schemas: complete,
      responses: withHeaders((components.responses ?? {}) as Answers),
      parameters: { ...components.parameters, ...payloads.parameters },
      headers,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An API token of this service. `x-required-scopes` of an operation names the scope it needs.',
          'x-scopes': scopes,
        },
      },
    }),
  }
}

function joined<Part extends object>(part: Part): Part {
  return mapSchemas(part, joinUnions) as Part
}

function worded<Part extends object>(part: Part): Part {
  return mapSchemas(joined(part), tellDefaults) as Part
}

function bounded<Part extends object>(part: Part): Part {
  return mapSchemas(part, boundSchema) as Part
}
