/** Tells a task of the local engine where the ports of its container are on this machine: `8080=43121,9090=43122`. */
export const TASK_PORTS_VARIABLE = 'PUBSUB_TASK_PORTS';

const LOOPBACK = '127.0.0.1';
/** Addresses at which a container is reached from outside of it. */
const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What `TASK_PORTS_VARIABLE` says. @param ports of this machine, by port of the container. */
export function writeTaskPorts(ports: ReadonlyMap<number, number>): string {
  return [...ports].map(([inside, outside]) => `${inside}=${outside}`).join(',');
}

/**
 * Where a server really listens: in a task of the local engine, which shares this machine with all other tasks, what
 * its container publishes is at a port of its own, and what it keeps to itself is reached by nobody else. Never more
 * than loopback then. Anywhere else it is the address that was asked for.
 */
export function listeningAddress(
  env: Readonly<Record<string, string | undefined>>,
  { host, port }: Address,
): Address {
  const told = env[TASK_PORTS_VARIABLE];
  if (told === undefined) return { host, port };
  const ports = new Map(
    told.split(',').map((each): [number, number] => {
      const [inside, outside] = each.split('=');
      return [Number(inside), Number(outside)];
    }),
  );
  const published = ANY_ADDRESS.has(host) ? ports.get(port) : undefined;
  return { host: LOOPBACK, port: published ?? 0 };
}
