import { Choice, type ChoiceProps } from './filters.tsx'

const hourMs = 3_600_000
const times: Readonly<Record<string, readonly [title: string, hours: number]>> = {
  '1h': ['Last hour', 1],
  '24h': ['Last day', 24],
  '7d': ['Last week', 168],
  '30d': ['Last 30 days', 720],
}

/** When the time begins that a URL names, epoch milliseconds; undefined where it names none. */
export function sinceOf(time: string): number | undefined {
  const known = Object.entries(times).find(([name]) => name === time)
  return known && Date.now() - known[1][1] * hourMs
}

/** How far back to look. */
export function SinceChoice(props: Omit<ChoiceProps, 'name' | 'options'>) {
  const options = Object.entries(times).map(([name, [title]]) => [name, title] as const)
  return <Choice {...props} name="time" options={options} />
}
