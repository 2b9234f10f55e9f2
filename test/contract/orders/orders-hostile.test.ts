import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { onBothDatabases } from '../../fixtures/database-kinds.ts';
import { useOrderDatabase } from './orders-database.ts';
import { type HostileRequest, hostileRequest } from './orders-hostile.ts';
import { useServer } from './orders-server.ts';

/** Requests to each kind of database; more with PUBSUB_HOSTILE_RUNS. */
const RUNS = Number(process.env.PUBSUB_HOSTILE_RUNS) || 750;
/** The same requests in every run; others with PUBSUB_HOSTILE_SEED. */
const SEED = Number(process.env.PUBSUB_HOSTILE_SEED) || 20_250_101;

onBothDatabases((kind) => {
  const test = useOrderDatabase(kind);
  const server = useServer({ database: () => test.database });

  it(`answers ${RUNS} hostile requests, and stores nothing but orders`, {
    timeout: 600_000,
  }, async () => {
    const seen = new Map<number, number>();
    let created = 0;
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (request) => {
        const { status, head, body } = await answerTo(server.url, request);
        seen.set(status, (seen.get(status) ?? 0) + 1);
        expect(status, head + body).toBeLessThan(500);
        if (status === 201 && !head.includes('idempotency-replayed')) created++;
        // A stored order is what was sent, to the letter.
        if (status === 201) expect(isOrder(request.body), body).toBe(true);
        if (request.method === 'POST' && request.path === '/orders' && isPlain(request)) {
          expect(status === 201, body).toBe(isOrder(request.body));
        }
        const type = /content-type: (.*)\r/i.exec(head)?.[1];
        // 417 is Node's own, and empty.
        if (body !== '' && status !== 417) expect(type ?? '').toContain('application/json');
      }),
      { numRuns: RUNS, seed: SEED },
    );
    // It is not a test unless it reaches every kind of answer.
    for (const status of [201, 200, 400, 404, 405, 413, 415, 422]) {
      expect(seen.get(status) ?? 0, `${status} among ${[...seen]}`).toBeGreaterThan(0);
    }
    const { rows } = await test.database.query<{ orders: number; wrong: number; created: number }>(
      `select count(*)::int as orders,
        count(*) filter (where user_id < 1 or user_id > ${Number.MAX_SAFE_INTEGER} or total < 0
          or total > 99999999.99 or scale(total) <> 2)::int as wrong,
        (select count(*) from outbox where event_type = 'order.created')::int as created
        from orders`,
    );
    expect(rows).toEqual([{ orders: created, wrong: 0, created }]);
    expect((await server.send('GET', '/health')).status).toBe(200);
    expect(server.log.filter((entry) => entry.kind === 'failure')).toEqual([]);
  });
});

/** Whether the request is wrong in its body only. */
function isPlain({ headers }: HostileRequest): boolean {
  return headers.length === 1 && headers[0]?.[1] === 'application/json';
}

/** Whether a body is a new order, judged by its text alone. */
function isOrder(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  let doc: unknown;
  try {
    doc = JSON.parse(text);
  } catch {
    return false;
  }
  if (Array.isArray(doc)) return false;
  const body = Object(doc) as Record<string, unknown>;
  const { order, ...others } = Object.hasOwn(body, 'order') ? body : { order: body };
  if (Object.keys(others).length > 0) return false;
  if (typeof order !== 'object' || order === null || Array.isArray(order)) return false;
  const { user_id, total, status = 'pending', ...rest } = order as Record<string, unknown>;
  if (Object.keys(rest).length > 0 || status !== 'pending') return false;
  if (!Number.isSafeInteger(user_id) || Number(user_id) < 1 || typeof total !== 'number')
    return false;
  // Named once each, and the amount as it was written.
  const amounts = [...text.matchAll(/"total"\s*:\s*([^,}\s]+)/g)].map(([, amount]) => amount ?? '');
  const users = text.match(/"user_id"\s*:/g) ?? [];
  return (
    amounts.length === 1 &&
    users.length === 1 &&
    isAmount(amounts[0] ?? '') &&
    (text.match(/"order"\s*:/g) ?? []).length <= 1
  );
}

/** Whether a number has at most two decimals and is in bounds, reckoned in another way than the server's. */
function isAmount(text: string): boolean {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^-?(\d+)\.?(\d*)(?:e(.*))?$/i.exec(text) ?? [];
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return true;
  const places = fraction.length - Number(exponent);
  if (text.startsWith('-') || Math.abs(places) > 1000) return false;
  const scaled = digits * 10n ** BigInt(1000 - places);
  const cent = 10n ** 998n;
  return scaled % cent === 0n && scaled / cent <= 9_999_999_999n;
}

interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends bytes as they are, on a connection of their own. */
async function answerTo(url: string, request: HostileRequest): Promise<RawAnswer> {
  const { method, path, headers, body } = request;
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `Content-Length: ${body.length}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const answer = read(socket);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.write(body);
  return answer;
}

async function read(socket: Socket): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // The server may have answered and closed before it read everything.
  socket.on('error', () => {});
  socket.setTimeout(20_000, () => socket.destroy());
  await once(socket, 'close');
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^HTTP\/1\.1 100 [\s\S]*?\r\n\r\n/, '');
  const end = text.indexOf('\r\n\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  expect(status, 'an answer').toBeGreaterThan(0);
  return { status, head: text.slice(0, end + 2), body: text.slice(end + 4) };
}
