import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FILES, importsOf } from './imports.ts';

const SOURCE = join(import.meta.dirname, '../../src');

/** What knows orders: their API, its outbox, what shows these, what deploys the API, and the platform of services. */
const ORDER_API = [
  ...['lib/orders/', 'lib/outbox/', 'lib/ui/outbox.ts', 'lib/ui/server-log.ts'],
  ...['lib/deploy/order-api.ts', 'lib/platform/', 'lib/ui/platform.ts', 'lib/ui/sagas.ts'],
];

/** The order event's types, fields and resources, and what its subscribers are called. */
const NAMES =
  /order\.(created|updated)|order[_-]?(id|event)s?\b|user_id|\b(email|inventory|analytics)-service/i;
/** Its statuses and subscribers, where they are a whole text or a key: as words they have other meanings too. */
const WORDS = /(['"`])(shipped|inventory|analytics)\1|\bemail: \{|\bemail\.\w+[<>=]/;
const CORE = FILES.filter(
  (file) =>
    /^(lib|library|embedded)\//.test(file) && !ORDER_API.some((known) => file.startsWith(known)),
);

function named(text: string): string[] {
  return text.split('\n').filter((line) => NAMES.test(line) || WORDS.test(line));
}

describe('the core', () => {
  it('names neither the order event nor its fields, statuses and subscribers', () => {
    const found = CORE.flatMap((file) =>
      named(readFileSync(join(SOURCE, file), 'utf8')).map((line) => `${file}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  it('imports nothing of the order API', () => {
    const found = CORE.flatMap(importsOf).filter(({ target }) =>
      /^lib\/(orders|platform)\//.test(target),
    );
    expect(found).toEqual([]);
  });

  it.each([
    "publish('order.created')",
    'event.order_id',
    'const orderId = 1;',
    'interface OrderEvent {}',
    "queue: 'email-service-queue'",
    "if (status === 'shipped') return;",
    "case 'inventory':",
  ])('would be found out: %s', (line) => {
    expect(named(line)).toEqual([line]);
  });
});
