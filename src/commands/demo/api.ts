import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Aws } from '../../lib/aws/clients.ts';
import type { DemoApi } from '../../lib/demo/demo.ts';
import { SERVER_DEFAULTS } from '../../lib/orders/server-defaults.ts';

declare const PUBSUB_VERSION: string;

/**
 * Starts the order API of a demo on a free port of this machine, with an embedded database that goes when it stops.
 * @param topicArn where its events go.
 */
export async function startDemoApi(aws: Aws, topicArn: string): Promise<DemoApi> {
  const [{ openOrderDatabase }, { createOrderPublisher }, { startRelay }, { startOrderServer }] =
    await Promise.all([
      import('../../lib/orders/open-order-database.ts'),
      import('../../lib/orders/order-publisher.ts'),
      import('../../lib/outbox/relay.ts'),
      import('../../lib/orders/http/server.ts'),
    ]);
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-demo-'));
  // The last opened goes first: requests, then events, then what both need.
  const closing: (() => Promise<void> | void)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
  ];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const database = await openOrderDatabase({ folder });
    closing.push(() => database.close());
    const publisher = createOrderPublisher({ aws, topicArn });
    const relay = startRelay({ database, publisher });
    closing.push(() => relay.stop());
    const server = await startOrderServer({
      ...SERVER_DEFAULTS,
      port: 0,
      loopback: true,
      database,
      version: PUBSUB_VERSION,
      log: () => {},
      onEvent: () => relay.wake(),
      topic: async () => ({ ok: true }),
    });
    closing.push(() => server.stop());
    return { url: server.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
