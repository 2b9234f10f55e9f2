import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { type HttpEndpoint, startEndpoint } from '../../fixtures/http-endpoint.ts';
import { putOrderDatabase } from '../../fixtures/order-folder.ts';
import { type ExportedSpan, exportedSpans, exportTo, KIND } from '../../fixtures/otlp.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();
let collector: HttpEndpoint;
let flags: string[] = [];
let prefix = '';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

beforeAll(async () => {
  collector = await startEndpoint();
});
afterAll(() => collector.stop());
beforeEach(async () => {
  prefix = uniquePrefix();
  flags = ['--prefix', prefix, '--endpoint-url', endpoint.url];
  await pubsub.run(['setup', ...flags]);
  (collector.requests as unknown[]).length = 0;
});

/** Runs a command that exports to the collector, with the spans of that run. */
async function traced(args: readonly string[], env: Record<string, string | undefined> = {}) {
  const before = exportedSpans(collector).length;
  const run = await pubsub.run([...args, ...flags], { env: { ...exportTo(collector), ...env } });
  return { ...run, spans: exportedSpans(collector).slice(before) };
}

function byName(spans: readonly ExportedSpan[], name: string): ExportedSpan[] {
  return spans.filter((span) => span.name === name.replace(' ', ` ${prefix}-`));
}

interface Facts {
  readonly traceparent?: string;
  readonly awsTraceHeader?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The facts of each message that a subscriber handles, without tracing. */
async function takeFacts(subscriber: string, count: number): Promise<Facts[]> {
  const [handler, kept] = ['.mjs', '.jsonl'].map((end) => join(pubsub.env.HOME, prefix + end));
  writeFileSync(
    handler ?? '',
    `import { appendFileSync } from 'node:fs';
    export default (event, { signal, ...facts }) =>
      appendFileSync(${JSON.stringify(kept)}, JSON.stringify(facts) + '\\n');`,
  );
  const take = ['listen', subscriber, '--max', String(count), '--handler', handler ?? ''];
  await pubsub.run([...take, ...flags]);
  const lines = readFileSync(kept ?? '', 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Facts);
}

describe('the spans of a message', () => {
  it('are one trace from its publisher to its handlers', async () => {
    const published = await traced(['publish', 'order.created', '--yes'], {
      TRACEPARENT,
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'team=orders%20and%20more,service.name=other',
    });
    expect(published.code).toBe(0);
    const [publish] = published.spans;
    expect(published.spans).toHaveLength(1);
    expect(publish).toMatchObject({
      name: `publish ${prefix}-order-events`,
      kind: KIND.producer,
      traceId: TRACE,
      parentSpanId: '00f067aa0ba902b7',
      attributes: {
        'messaging.system': 'aws.sns',
        'messaging.operation.type': 'send',
        'messaging.operation.name': 'publish',
        'messaging.destination.name': `${prefix}-order-events`,
        'messaging.message.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      resource: { 'service.name': 'shop', team: 'orders and more' },
    });
    expect(publish?.attributes).not.toHaveProperty('messaging.batch.message_count');

    const listened = await traced(['listen', 'email', '--max', '1']);
    expect(listened.code).toBe(0);
    const [receive, process, settle] = listened.spans;
    expect(listened.spans.map(({ name }) => name.split(' ')[0])).toEqual([
      'receive',
      'process',
      'delete',
    ]);
    const origin = { traceId: TRACE, spanId: publish?.spanId };
    expect(receive).toMatchObject({ kind: KIND.client, links: [origin] });
    expect(receive?.traceId).not.toBe(TRACE);
    expect(process).toMatchObject({
      kind: KIND.consumer,
      traceId: TRACE,
      parentSpanId: publish?.spanId,
      links: [origin],
      attributes: {
        'messaging.system': 'aws_sqs',
        'messaging.operation.type': 'process',
        'messaging.destination.name': `${prefix}-email-service-queue`,
        'server.address': '127.0.0.1',
      },
      resource: { 'service.name': 'pubsub' },
    });
    expect(settle).toMatchObject({
      kind: KIND.client,
      traceId: TRACE,
      parentSpanId: process?.spanId,
      attributes: { 'messaging.operation.type': 'settle' },
    });
  });

  it('begin a trace for each message of a batch, to which the request links', async () => {
    const { spans } = await traced(['publish', 'order.created', '--count', '3', '--yes']);
    const created = byName(spans, 'create order-events');
    const [publish] = byName(spans, 'publish order-events');
    expect(created).toHaveLength(3);
    expect(new Set(created.map(({ traceId }) => traceId)).size).toBe(3);
    expect(publish).toMatchObject({
      kind: KIND.client,
      attributes: { 'messaging.batch.message_count': 3 },
      links: created.map(({ traceId, spanId }) => ({ traceId, spanId })),
    });
    const facts = await takeFacts('email', 3);
    const carried = created.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`);
    expect(facts.map(({ traceparent }) => traceparent).sort()).toEqual(carried.sort());
    const header = `Root=1-${publish?.traceId.slice(0, 8)}-${publish?.traceId.slice(8)};Parent=${publish?.spanId};Sampled=1`;
    if (isIndependent) return;
    expect(facts.map(({ awsTraceHeader }) => awsTraceHeader)).toEqual([header, header, header]);
  });

  it('say why a handler failed, and what its programs continue', async () => {
    await traced(['publish', 'order.created', '--yes']);
    const throwing = join(pubsub.env.HOME, 'throwing.mjs');
    writeFileSync(throwing, "export default () => { throw new RangeError('too far'); };");
    const failed = await traced(['listen', 'email', '--max', '1', '--handler', throwing]);
    expect(byName(failed.spans, 'process email-service-queue')).toMatchObject([
      { status: { code: 2, message: 'too far' }, attributes: { 'error.type': 'RangeError' } },
    ]);
    expect(byName(failed.spans, 'delete email-service-queue')).toEqual([]);

    const slow = await traced([
      ...['listen', 'inventory', '--max', '1', '--timeout', '1s'],
      ...['--exec', 'sleep 60'],
    ]);
    expect(byName(slow.spans, 'process inventory-service-queue')).toMatchObject([
      { status: { code: 2 }, attributes: { 'error.type': 'timeout' } },
    ]);

    const ran = await traced([
      'listen',
      'analytics',
      '--max',
      '1',
      '--exec',
      'printenv TRACEPARENT',
    ]);
    const [process] = byName(ran.spans, 'process analytics-service-queue');
    expect(ran.stdout).toContain(`00-${process?.traceId}-${process?.spanId}-01`);
  });
});

// Others don't pass X-Ray's header on.
describe.skipIf(isIndependent)('a message', () => {
  it('keeps a traceparent that was given by hand', async () => {
    const given = ['--attribute', `traceparent=${TRACEPARENT}`];
    const { spans } = await traced(['publish', 'order.created', '--yes', ...given]);
    expect(spans).toMatchObject([
      { kind: KIND.client, links: [{ traceId: TRACE, spanId: '00f067aa0ba902b7' }] },
    ]);
    expect(await takeFacts('email', 1)).toMatchObject([{ traceparent: TRACEPARENT }]);
  });

  it.each([
    [8, true],
    [9, false],
  ])(
    'of %i attributes beside its type carries its trace by %s attribute',
    async (count, isAttribute) => {
      const own = Array.from({ length: count }, (_, at) => ['--attribute', `a${at}=v`]).flat();
      const { spans } = await traced(['publish', 'order.created', '--yes', ...own]);
      const [facts] = await takeFacts('email', 1);
      expect(Object.keys(facts?.attributes ?? {})).toHaveLength(10);
      expect('traceparent' in (facts?.attributes ?? {})).toBe(isAttribute);
      // Where there is no room, SNS passes on what the request carries.
      expect(facts?.traceparent).toBe(`00-${spans[0]?.traceId}-${spans[0]?.spanId}-01`);
    },
  );

  it('carries what the environment says where nothing is recorded, as it is', async () => {
    const off = { TRACEPARENT, OTEL_SDK_DISABLED: 'TRUE' };
    const { spans } = await traced(['publish', 'order.created', '--yes'], off);
    expect(spans).toEqual([]);
    expect(await takeFacts('email', 1)).toMatchObject([{ traceparent: TRACEPARENT }]);
  });

  it('says that its trace is not recorded where the sampler says so', async () => {
    const none = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    const { spans } = await traced(['publish', 'order.created', '--yes'], none);
    expect(spans).toEqual([]);
    const [facts] = await takeFacts('email', 1);
    expect(facts?.traceparent).toMatch(/-00$/);
    expect(facts?.awsTraceHeader).toMatch(/;Sampled=0$/);
  });
});

describe('the order API', () => {
  it('has one trace from a request to the handler, though its event is published later', async () => {
    await putOrderDatabase(join(pubsub.env.XDG_STATE_HOME, 'pubsub/orders'));
    const serve = ['serve', '--port', '0', '--json', ...flags];
    const server = pubsub.start(serve, { env: exportTo(collector) });
    await server.waitFor(/"url":"[^"]+".*\n/);
    const { url } = JSON.parse(server.stdout()) as { url: string };
    const order = { order: { user_id: 1, total: 29.99 } };
    const asked = await fetch(`${url}/orders?x=1`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', traceparent: TRACEPARENT },
      body: JSON.stringify(order),
    });
    const { id } = (await asked.json()) as { id: number };
    await fetch(`${url}/orders/${id}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', traceparent: TRACEPARENT },
      body: '{"status":"confirmed"}',
    });
    await fetch(`${url}/nowhere`);
    server.kill('SIGTERM');
    expect((await server.finished).code).toBe(0);
    const facts = await takeFacts('email', 2);
    const spans = exportedSpans(collector);
    const [posted, patched] = ['POST /orders', 'PATCH /orders/:id'].map(
      (name) => spans.filter((span) => span.name === name)[0],
    );
    expect(posted).toMatchObject({
      kind: KIND.server,
      traceId: TRACE,
      parentSpanId: '00f067aa0ba902b7',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/orders',
        'url.path': '/orders',
        'http.response.status_code': 201,
      },
    });
    const sent = spans.filter(({ kind }) => kind === KIND.producer);
    expect(sent.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE]);
    expect(sent.map(({ parentSpanId }) => parentSpanId)).toEqual([posted?.spanId, patched?.spanId]);
    expect(facts.map(({ traceparent }) => traceparent).sort()).toEqual(
      sent.map(({ spanId }) => `00-${TRACE}-${spanId}-01`).sort(),
    );
    expect(spans.find(({ name }) => name === 'GET')?.attributes).toMatchObject({
      'http.response.status_code': 404,
    });
  });
});

describe.skipIf(isIndependent)('the engine', () => {
  it('shows a trace by its id, and by that of the message', async () => {
    const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint.url}/v1/traces` };
    const publish = ['publish', 'order.created', '--yes', '--json', ...flags];
    const { stdout } = await pubsub.run(publish, { env });
    const [message] = (JSON.parse(stdout) as { messages: [{ messageId: string }] }).messages;
    await pubsub.run(['listen', 'email', '--max', '1', '-q', ...flags], { env });
    const { doc } = await pubsub.json(['trace', message.messageId, ...flags]);
    const [trace] = (doc as { traces: [{ traceId: string; spans: { name: string }[] }] }).traces;
    const names = trace.spans.map(({ name }) => name.replace(`${prefix}-`, ''));
    expect(names.slice(0, 4)).toEqual([
      'publish order-events',
      'accept order-events',
      expect.stringMatching(/^deliver to /),
      expect.stringMatching(/^(receive from|deliver to) /),
    ]);
    expect(names).toContain('process email-service-queue');
    expect(names.at(-1)).toBe('receive email-service-queue');
    const shown = await pubsub.run(['trace', trace.traceId, ...flags]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain(`message ${message.messageId}`);
    expect(shown.stdout).toMatch(/^ {4}process .*━.* ms$/m);
  });
});

describe('a collector', () => {
  it('that is not there fails nothing, and is told of once', async () => {
    // A port that nobody is given by chance: what was free a moment ago may be another test's by now.
    const nobody = exportTo({ url: 'http://user:secret@127.0.0.1:2/v1/traces?key=s3cret' });
    const run = await pubsub.run(
      ['publish', 'order.created', '--count', '1200', '--yes', '-q', ...flags],
      { env: nobody },
    );
    expect(run.code).toBe(0);
    expect(run.stderr.match(/Traces could not be sent/g)).toHaveLength(1);
    expect(run.stderr).toContain('ECONNREFUSED');
    expect(run.stderr).toContain('http://127.0.0.1:2/v1/traces:');
    expect(run.stderr).not.toContain('secret');
    expect(run.stderr).not.toContain('s3cret');
  });

  it('that never answers holds up the end for seconds at the most', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const env = exportTo({ url: `http://127.0.0.1:${port}/v1/traces` });
    const run = await pubsub.run(['publish', 'order.created', '--yes', ...flags], { env });
    silent.close();
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('no answer came in time');
  });
});
