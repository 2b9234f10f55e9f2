import { PRODUCTS } from './shop-client.ts';
import { bodyOf, claim, type Stage, until } from './stage.ts';

/** The gateway says so where an answer is one that it gave before. */
const FALLBACK_HEADER = 'x-fallback';
/** Requests that open the breaker: each is counted with its further attempts. */
const OPENING_REQUESTS = 4;
const OPEN = 2;

/** The product service is killed: the breaker opens, and the gateway answers what it answered last. */
export async function openBreaker(stage: Stage): Promise<void> {
  const { platform } = stage;
  const known = bodyOf(await platform.shop({ path: '/products' }), PRODUCTS).products;
  await platform.kill('products');
  for (let sent = 0; sent < OPENING_REQUESTS; sent++) {
    const answer = await platform.shop({ path: '/products' });
    const shown = bodyOf(answer, PRODUCTS).products;
    if (sent > 0) continue;
    const isOld = answer.headers.get(FALLBACK_HEADER) !== null && shown.length === known.length;
    claim(stage, isOld, 'without the product service the catalogue is shown from memory');
  }
  const state = await until('the open breaker', async () => {
    const value = stateIn(await platform.metrics('gateway'));
    return value === OPEN ? value : undefined;
  });
  claim(stage, state === OPEN, 'the breaker to it is open: it is not asked any more');
  await platform.revive();
  await until('the answer of the revived service', async () => {
    const { status, headers } = await platform.shop({ path: '/products' });
    return status === 200 && headers.get(FALLBACK_HEADER) === null ? true : undefined;
  });
  claim(stage, true, 'once it is back the breaker closes, and answers are new again');
}

function stateIn(metrics: string): number | undefined {
  const line = /^gateway_circuit_state\{[^}]*"products"[^}]*\} (\d)/m.exec(metrics);
  return line === null ? undefined : Number(line[1]);
}

/** One trace goes through the services, and each has its numbers. */
export async function showTracesAndMetrics(stage: Stage): Promise<void> {
  const { platform } = stage;
  const wanted = ['platform-gateway', 'platform-orders', 'platform-products', 'platform-payments'];
  const trace = await until('the trace of an order', async () => {
    const services = new Map<string, Set<string>>();
    for (const { traceId, service } of platform.spans.spans) {
      services.set(traceId, (services.get(traceId) ?? new Set()).add(service));
    }
    return [...services].find(([, names]) => wanted.every((name) => names.has(name)));
  });
  const short = trace[0].slice(0, 8);
  claim(stage, true, `one trace (${short}…) goes through gateway, orders, products and payments`);
  for (const service of ['gateway', 'orders'] as const) {
    const metrics = await platform.metrics(service);
    const count = sumOf(metrics, 'http_requests_total');
    claim(stage, count > 0, `${service} counts ${count} requests in http_requests_total`);
  }
}

function sumOf(metrics: string, name: string): number {
  const lines = metrics.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\d+)`, 'gm'));
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}
