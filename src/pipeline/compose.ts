import type { EventDeclaration } from '../plugin/event.ts'

/**
 * The data of a payload as JSON text: the reading, the threshold it was held against, the message.
 * Keys come in the order of the declared example, so that what is sent reads as documented.
 */
export function compose(
  declaration: EventDeclaration,
  data: Record<string, unknown>,
  threshold: number | undefined,
): string {
  const whole: Record<string, unknown> = {
    ...data,
    ...(threshold !== undefined && { threshold }),
    message: declaration.message(data, threshold ?? 0),
  }
  const keys = new Set([...Object.keys(declaration.example), ...Object.keys(whole)])
  return JSON.stringify(Object.fromEntries([...keys].map((key) => [key, whole[key]])))
}
