import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync, Visitor } from 'vite'

/** What one source file says, comments left out. */
export interface Source {
  /** From the root of the project, such as `src/rules/tier.ts`. */
  readonly path: string
  readonly lines: number
  /** What it imports or exports from, types too: a package, or a file from the root of the project. */
  readonly imports: readonly string[]
  /** The names it refers to, properties left out, but for those of `globalThis`. */
  readonly names: readonly string[]
  /** The keys of its object literals, classes and interfaces. */
  readonly keys: readonly string[]
  /** Its strings and the pieces of its templates, those in an `example` left out. */
  readonly texts: readonly string[]
  /** Members of plain names, such as `test.only`. */
  readonly members: readonly string[]
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Every script of ours under the folders, which are given from the root of the project. */
export async function readSources(...folders: readonly string[]): Promise<Source[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true })
      return entries.map((entry) => posix.join(folder, entry.replaceAll('\\', '/')))
    }),
  )
  const paths = lists
    .flat()
    .filter((path) => /\.[cm]?[jt]sx?$/.test(path) && !/\/(?:node_modules|dist)\//.test(path))
  return Promise.all(
    paths.sort().map(async (path) => parse(path, await readFile(join(root, path), 'utf8'))),
  )
}

/** Reads one file's text. Throws where it does not parse. */
export function parse(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text)
  if (errors[0]) throw new SyntaxError(`${path}: ${errors[0].message}`)
  const imports: string[] = []
  const names: { readonly name: string; readonly start: number }[] = []
  const texts: { readonly text: string; readonly start: number }[] = []
  const members: string[] = []
  const keys: string[] = []
  const properties = new Set<number>()
  const examples: { readonly start: number; readonly end: number }[] = []

  const importFrom = (source: unknown) => {
    if (typeof source !== 'object' || source === null || !('value' in source)) return
    const name = String(source.value)
    imports.push(name.startsWith('.') ? posix.join(posix.dirname(path), name) : name)
  }
  const key = (node: { computed: boolean; key: { start: number; name?: unknown } }) => {
    if (node.computed) return
    properties.add(node.key.start)
    if (typeof node.key.name === 'string') keys.push(node.key.name)
  }
  const visitor = new Visitor({
    ImportDeclaration: (node) => importFrom(node.source),
    ExportAllDeclaration: (node) => importFrom(node.source),
    ExportNamedDeclaration: (node) => importFrom(node.source),
    ImportExpression: (node) => importFrom(node.source),
    TSImportType: (node) => importFrom(node.source),
    TSExternalModuleReference: (node) => importFrom(node.expression),
    Identifier: (node) => {
      names.push(node)
    },
    Literal: (node) => {
      if (typeof node.value === 'string') texts.push({ text: node.value, start: node.start })
    },
    TemplateElement: (node) => {
      texts.push({ text: node.value.raw, start: node.start })
    },
    MemberExpression: (node) => {
      if (node.computed || node.object.type !== 'Identifier') {
        if (!node.computed) properties.add(node.property.start)
        return
      }
      if (node.property.type !== 'Identifier') return
      members.push(`${node.object.name}.${node.property.name}`)
      if (node.object.name !== 'globalThis') properties.add(node.property.start)
    },
    Property: (node) => {
      if (!node.shorthand) key(node)
      if (node.key.type === 'Identifier' && node.key.name === 'example') examples.push(node.value)
    },
    PropertyDefinition: key,
    MethodDefinition: key,
    TSPropertySignature: key,
    TSMethodSignature: key,
  })
  visitor.visit(program)
  const inExample = ({ start }: { readonly start: number }) =>
    examples.some((example) => start >= example.start && start < example.end)
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports,
    names: names.filter(({ start }) => !properties.has(start)).map(({ name }) => name),
    keys,
    texts: texts.filter((it) => !inExample(it)).map((it) => it.text),
    members,
  }
}
