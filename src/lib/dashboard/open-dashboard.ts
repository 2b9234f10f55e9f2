import type { Topology } from '../definition/topology.ts';
import { pageUrl } from '../process/page-address.ts';
import { builtFolder } from './built-folder.ts';
import type { Access, Dashboard } from './dashboard.ts';
import { type ServedPage, type ServeOptions, servePage } from './http/server.ts';
import { Live } from './live/live.ts';
import type { DashboardTarget } from './target.ts';

/** A page that is served, and what happens on it. */
export interface OpenDashboard {
  readonly port: number;
  /** With the session token in its fragment, which no server and no log sees. */
  readonly url: string;
  readonly live: Live;
  /** Ends streams and answers, and closes the port. */
  stop(): Promise<void>;
}

/** How the page is served, and what is known already. */
export interface OpenOptions extends Pick<ServeOptions, 'port' | 'passedBy' | 'onBug'> {
  /** The topology, where it was read just now. */
  readonly known?: Topology | undefined;
}

/**
 * Serves the page for a target on 127.0.0.1.
 * @throws the socket's error, such as `EADDRINUSE`.
 */
export async function openDashboard(
  target: DashboardTarget,
  access: Access,
  { known, ...options }: OpenOptions,
): Promise<OpenDashboard> {
  const kept = { ...target, topology: keptTopology(target.topology, known) };
  const live = new Live(kept);
  const dashboard: Dashboard = { ...kept, access, live };
  const page: ServedPage = await servePage({ ...options, dashboard, files: builtFolder('ui') });
  return {
    port: page.port,
    url: pageUrl(`http://127.0.0.1:${page.port}`, access.token),
    live,
    async stop() {
      await live.stop();
      await page.stop();
    },
  };
}

/** Milliseconds for which a topology that was read counts as it is: looking for one reads the tags of everything. */
const TOPOLOGY_MS = 5_000;

/** Reads again only what is older than `TOPOLOGY_MS`: a page asks for it with each of its questions. */
function keptTopology(
  read: () => Promise<Topology>,
  first: Topology | undefined,
): () => Promise<Topology> {
  const keep = (topology: Promise<Topology>) => ({
    topology,
    until: performance.now() + TOPOLOGY_MS,
  });
  let known = first && keep(Promise.resolve(first));
  return () => {
    if (known === undefined || performance.now() > known.until) {
      const topology = read();
      topology.catch(() => {
        known = undefined;
      });
      known = keep(topology);
    }
    return known.topology;
  };
}
