import { html } from 'hono/html'
import type { Body, Description, Operation, Parameter, Schema } from './description.ts'

type Markup = ReturnType<typeof html>

/** The reference as one page, without a script: every operation, webhook and schema by its name. */
export function referencePage(document: Description): Markup {
  const { info, tags, components } = document
  const entries = [...entriesOf(document.paths), ...entriesOf(document.webhooks, 'receives')]
  const tagged = tags.map((tag) => ({
    ...tag,
    entries: entries.filter(({ operation }) => operation.tags.includes(tag.name)),
  }))
  const schemas = Object.entries(components.schemas)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Every request the service answers, and every one it sends.">
<title>${info.title} API ${info.version}</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<nav aria-label="Contents">
<p><a href="/">${info.title}</a> · <a href="/openapi.json">OpenAPI document</a></p>
${tagged.map(
  ({ name, entries }) => html`<h2>${name}</h2>
<ul>${entries.map(({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`)}</ul>`,
)}
<h2>Schemas</h2>
<ul>${schemas.map(([name]) => html`<li><a href="#${name}">${name}</a></li>`)}</ul>
</nav>
<main>
<h1>${info.title} API ${info.version}</h1>
<p>${prose(info.description)}</p>
${tagged.map(
  ({ name, description, entries }) => html`<section><h2>${name}</h2><p>${prose(description)}</p>
${entries.map((entry) => operationPart(entry, document))}</section>`,
)}
<section><h2>Schemas</h2>${schemas.map(([name, schema]) => schemaPart(name, schema))}</section>
</main>
</body>
</html>`
}

interface Entry {
  readonly title: string
  readonly operation: Operation
}

function entriesOf(operations: Description['paths'], verb?: string): readonly Entry[] {
  return Object.entries(operations).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      title: `${verb ?? method.toUpperCase()} ${path}`,
      operation,
    })),
  )
}

function operationPart({ title, operation }: Entry, { components }: Description): Markup {
  const [scope] = operation['x-required-scopes']
  const parameters = operation.parameters.map(
    (it): Parameter => components.parameters[nameOf(it.$ref)] ?? it,
  )
  const answers = Object.entries(operation.responses).map(
    ([status, it]) => [status, components.responses[nameOf(it.$ref)] ?? it] as const,
  )
  return html`<article id="${operation.operationId}">
<h3><code>${title}</code></h3>
<p><strong>${operation.summary.replace(/\.$/, '')}.</strong> ${prose(operation.description)}
${scope === undefined ? '' : html`Scope: <code>${scope}</code>.`}</p>
${
  parameters.length === 0
    ? ''
    : html`<table><thead><tr><th scope="col">Parameter</th><th scope="col">In</th><th scope="col">What it is</th></tr></thead><tbody>
${parameters.map((it) => html`<tr><td><code>${it.name}</code>${it.required ? ' *' : ''}</td><td>${it.in}</td><td>${prose(it.description ?? '')}</td></tr>`)}</tbody></table>`
}
${operation.requestBody === undefined ? '' : html`<p>Body: ${bodyPart(operation.requestBody)}</p>`}
<table><thead><tr><th scope="col">Answer</th><th scope="col">What it is</th><th scope="col">Schema</th></tr></thead><tbody>
${answers.map(([status, it]) => html`<tr><td>${status}</td><td>${prose(it.description ?? '')}</td><td>${bodyPart(it)}</td></tr>`)}</tbody></table>
</article>`
}

function bodyPart({ content = {} }: Body): Markup {
  return html`${Object.values(content).map(({ schema }) => typePart(schema ?? {}))}`
}

function schemaPart(name: string, schema: Schema): Markup {
  const fields = Object.entries(schema.properties ?? {})
  const { example } = schema
  return html`<article id="${name}">
<h3><code>${name}</code></h3>
<p>${prose(schema.description ?? '')}</p>
${
  fields.length === 0
    ? html`<p>${typePart(schema)}</p>`
    : html`<table><thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">What it is</th></tr></thead><tbody>
${fields.map(([field, it]) => html`<tr><td><code>${field}</code>${schema.required?.includes(field) ? ' *' : ''}</td><td>${typePart(it)}</td><td>${prose(String(it.description ?? ''))}</td></tr>`)}</tbody></table>`
}
${example === undefined ? '' : html`<pre tabindex="0" aria-label="Example of ${name}">${JSON.stringify(example, null, 2)}</pre>`}
</article>`
}

/** What a value is: the name of its schema, or its types. */
function typePart(schema: Readonly<Record<string, unknown>>): Markup {
  const { $ref, type, items, oneOf, anyOf } = schema
  if (typeof $ref === 'string') return html`<a href="#${nameOf($ref)}">${nameOf($ref)}</a>`
  const variants = [oneOf, anyOf].find(Array.isArray)
  if (variants !== undefined)
    return html`${variants.map((it: object, index) => html`${index > 0 ? ' | ' : ''}${typePart({ ...it })}`)}`
  const types = [type].flat().join(' | ')
  return typeof items === 'object' ? html`${types} of ${typePart({ ...items })}` : html`${types}`
}

/** Text of which what stands between backquotes is code. */
function prose(text: string): Markup {
  const parts = text.split('`')
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`
}

function nameOf(reference: string | undefined): string {
  return reference?.split('/').at(-1) ?? ''
}
