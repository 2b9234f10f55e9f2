import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Ports that were handed out and may not be listened on yet. */
const handedOut = new Set<number>();
/** How many are remembered. */
const MAX_REMEMBERED = 1_000;

/** A port of loopback that nothing listens on, and that wasn't given to another task a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // It is held until the next one is chosen, so that the system gives another.
  const isNew = !handedOut.has(port);
  const chosen = isNew ? port : await freePort();
  server.close();
  await once(server, 'close');
  if (handedOut.size >= MAX_REMEMBERED) handedOut.clear();
  handedOut.add(chosen);
  return chosen;
}
