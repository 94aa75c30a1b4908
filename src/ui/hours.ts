import type { DeliveryHour } from '../store/delivery-hours.ts'

const hourMs = 3_600_000

/** All 24 hours up to now, those without deliveries too. */
export function hoursOfDay(found: readonly DeliveryHour[], now: number): DeliveryHour[] {
  const current = now - (now % hourMs)
  const byHour = new Map(found.map((hour) => [hour.at, hour]))
  return Array.from({ length: 24 }, (_, index) => {
    const at = current - (23 - index) * hourMs
    return byHour.get(at) ?? { at, succeeded: 0, failed: 0 }
  })
}
