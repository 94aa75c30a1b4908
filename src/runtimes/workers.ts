import { builtInPlugins } from './plugins.ts'
import { createPoller } from './workers/poller.ts'
import { createWorker } from './workers/worker.ts'

/** Plugins and formats of your own are imported here and named beside those that come with Tocsin. */
const extensions = { plugins: builtInPlugins }

/** The Durable Object class that `wrangler.toml` names. */
export const Poller = createPoller(extensions)

/** The handlers of a Cloudflare Worker. */
export default createWorker(extensions)
