import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

const LOOPBACK = '127.0.0.1';
/** Ports that were given out and may not be listened on yet. */
const givenOut = new Set<number>();
/** How many are remembered. */
const MAX_REMEMBERED = 1_000;

/**
 * Ports of loopback that nothing listens on, each another one, and none that was given out a moment ago.
 * @param count how many, from 0
 */
export async function freePorts(count: number): Promise<number[]> {
  if (givenOut.size >= MAX_REMEMBERED) givenOut.clear();
  const held: Server[] = [];
  const ports: number[] = [];
  // All are held until the last is there, so that the system gives another each time.
  while (ports.length < count) {
    const server = await listen(0);
    held.push(server);
    const { port } = server.address() as AddressInfo;
    if (!givenOut.has(port)) ports.push(port);
    givenOut.add(port);
  }
  await Promise.all(held.map(close));
  return ports;
}

/** Whether nobody listens on a port of loopback. */
export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port).catch(() => undefined);
  if (server !== undefined) await close(server);
  return server !== undefined;
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, LOOPBACK);
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
