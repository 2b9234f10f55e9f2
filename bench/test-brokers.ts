import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startServer } from './servers.ts';

const ROOT = process.env.PUBSUB_BENCH_ROOT ?? process.cwd();

/** A test broker that runs, in this process where it can. */
export interface Broker {
  readonly endpoint: string;
  /** Its process, where it isn't this one. */
  readonly pid?: number;
  /** Takes away everything that a test made. */
  reset(): Promise<unknown>;
  stop(): Promise<unknown>;
}

export type BrokerName = 'pubsub' | 'fauxqs' | 'moto';

/** How each is started, as its documentation says. */
export const BROKERS: Readonly<Record<BrokerName, () => Promise<Broker>>> = {
  async pubsub() {
    const built = pathToFileURL(join(ROOT, 'dist/embedded.js')).href;
    const { startEngine }: typeof import('../src/engine.ts') = await import(built);
    return startEngine({ port: 0 });
  },
  async fauxqs() {
    const { startFauxqs } = await import('fauxqs');
    const server = await startFauxqs({ port: 0, logger: false });
    return {
      endpoint: `http://127.0.0.1:${server.port}`,
      reset: async () => server.purgeAll(),
      stop: () => server.stop(),
    };
  },
  async moto() {
    const { endpoint, pid, stop } = await startServer('moto');
    const reset = () => fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
    return { endpoint, pid, reset, stop };
  },
};
