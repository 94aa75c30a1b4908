import type { Service } from '../../api/service.ts'
import type { DeliveryDay } from '../../store/delivery-hours.ts'
import { fleetStates } from '../../store/fleet.ts'
import { waiting } from '../../store/standing.ts'
import type { Context } from '../context.ts'
import { amount } from '../gauge.ts'
import { hoursOfDay } from '../hours.ts'
import { Figure } from './pieces.tsx'
import { standingNow } from './shell.tsx'
import { DayBars } from './sparkline.tsx'
import { Time } from './time.tsx'

const whole = (count: number) => amount(count, '')
const capped = (count: number) => (count > 999 ? '999+' : count)

/** How the servers stand and how deliveries end, in six numbers. */
export async function Health({
  service,
  context,
  deliveryDay,
}: {
  service: Service
  context: Context
  deliveryDay: DeliveryDay
}) {
  const { store } = service
  const [instances, { alerts, givenUp }, day, queue] = await Promise.all([
    fleetStates(store),
    standingNow(service, context),
    deliveryDay(),
    waiting(store),
  ])
  const hours = hoursOfDay(day, Date.now())
  const succeeded = hours.reduce((sum, hour) => sum + hour.succeeded, 0)
  const failed = hours.reduce((sum, hour) => sum + hour.failed, 0)
  const share = succeeded + failed === 0 ? undefined : succeeded / (succeeded + failed)
  const rate = share === undefined ? '–' : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`
  return (
    <dl class="figures">
      <Figure
        label="Instances up"
        value={
          <>
            {whole(instances.up)} <span class="muted small">of {whole(instances.total)}</span>
          </>
        }
        tone={instances.down > 0 ? 'bad' : undefined}
        {...(instances.down > 0 && { note: `${whole(instances.down)} down` })}
        href="/?state=down"
      />
      <Figure
        label="Alerts standing"
        value={alerts}
        tone={alerts > 0 ? 'warn' : undefined}
        href="/alerts"
      />
      <Figure
        label="Delivered, 24 h"
        value={rate}
        tone={share !== undefined && share < 0.99 ? 'bad' : undefined}
        {...(share !== undefined && { note: `of ${whole(succeeded + failed)}` })}
      />
      <div class="figure">
        <dt>Deliveries by hour</dt>
        <dd>
          <DayBars
            hours={hours}
            label={`Deliveries of the last 24 hours: ${succeeded} delivered, ${failed} given up`}
          />
        </dd>
      </div>
      <Figure
        label="Retries waiting"
        value={capped(queue.retries)}
        {...(queue.next !== null && {
          note: (
            <>
              next <Time at={queue.next} past="now" />
            </>
          ),
        })}
        href="/deliveries?status=retrying"
      />
      <Figure
        label="Dead letters"
        value={capped(givenUp)}
        tone={givenUp > 0 ? 'bad' : undefined}
        href="/dead-letters"
      />
    </dl>
  )
}
