import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal, plain } from '../../fixtures/terminal.ts';

const pubsub = usePubsub();
// One failure is enough for the dead-letter queue; no message comes again on a slow machine.
const PROJECT = `topology: order-notifications
subscribers:
  orders: { visibilityTimeout: 60s, dlq: { queue: OrderDeadLetterQueue, maxReceiveCount: 1 } }
`;
const ORDER =
  '{"orderId":"O1234","userId":"U123","itemName":"Laptop","quantity":1,"status":"new","timestamp":"2025-05-03T12:00:00Z"}';

let cwd = '';
const run = (...args: string[]) => pubsub.run(args, { cwd });
const json = async <T>(...args: string[]) => (await pubsub.json(args, { cwd })).doc as T;

beforeAll(async () => {
  cwd = join(pubsub.env.HOME ?? '', 'shop');
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'pubsub.yaml'), PROJECT);
  await pubsub.startEngine();
  const { code, stdout, stderr } = await run('setup');
  expect(code, stdout + stderr).toBe(0);
});

describe('a topology with functions, on the command line', () => {
  it('stores what is published, and shows the item, the log and the receives', async () => {
    const watching = pubsub.start(['listen', 'orders', '--max', '1'], { cwd });
    await watching.waitFor('OrderProcessor takes from OrderQueue; nothing is taken here');
    await run('publish', 'order.placed', '--data', ORDER);
    const { stdout, code } = await watching.finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/orders {4}│ \w{8} ↓ receive 1 of 1, hidden until \d\d:\d\d:\d\d/);
    expect(stdout).toMatch(/^orders {4}│ \w{8} ✓ handled and deleted$/m);
    expect(await json('tables', 'get', 'Orders', 'O1234')).toMatchObject({
      item: { orderId: 'O1234', quantity: 1, timestamp: '2025-05-03T12:00:00Z' },
    });
    expect((await run('tables', 'scan')).stdout).toContain('O1234    U123    Laptop    1');
    await expect
      .poll(async () => (await run('functions', 'logs')).stdout)
      .toContain('stored order O1234: 1 × Laptop');
    expect(await json('functions', 'ls')).toMatchObject({
      functions: [{ key: 'OrderProcessor', mappings: [{ queue: 'OrderQueue', state: 'Enabled' }] }],
    });
    expect(await json('status')).toMatchObject({
      functions: [{ name: 'OrderProcessor' }],
      tables: [{ name: 'Orders', exists: true, items: 1 }],
    });
  });

  it('tells below a tapped message what its function did, and so does trace', async () => {
    const tapping = pubsub.start(['tap'], { cwd });
    await tapping.waitFor('Ctrl-C stops');
    const sent = await json<{ messages: { messageId: string }[] }>('publish', 'order.placed');
    const [{ messageId } = { messageId: '' }] = sent.messages;
    await tapping.waitFor(`↳ orders: OrderProcessor handled ${messageId}`);
    tapping.kill('SIGINT');
    const { stdout } = await tapping.finished;
    expect(stdout).toMatch(/order\.placed .*↳ orders: OrderProcessor handled/s);
    const traced = await run('trace', messageId);
    const [, request = ''] =
      /handled by OrderProcessor, request\s+([0-9a-f-]{36})/.exec(traced.stdout) ?? [];
    expect(request, traced.stdout).not.toBe('');
    // As lists show ids, and as the log shows invocations.
    for (const short of [messageId.slice(0, 8), request.slice(0, 8), request]) {
      const found = await run('trace', short);
      expect(found.code, found.stderr).toBe(0);
      expect(found.stdout).toBe(traced.stdout);
    }
    expect((await run('trace', messageId.slice(0, 3))).code).toBe(1);
    expect(await json('local', 'status')).toMatchObject({
      functions: {
        functions: [{ functionArn: expect.stringMatching(/:OrderProcessor$/), errors: 0 }],
        mappings: [{ enabled: true, problem: null }],
      },
    });
    expect((await run('local', 'status')).stdout).toMatch(
      /^1 function, 1 mapping, \d+ invocations? \(0 failed\), \d+ process/m,
    );
  });

  it('has what functions did in the lines of tap --json, each after its message', async () => {
    // By its address, as `pubsub local env` gives it.
    const { endpoint } = await json<{ endpoint: string }>('local', 'status');
    const tapping = pubsub.start(['tap', '--json', '--endpoint-url', endpoint], { cwd });
    await tapping.waitFor('Ctrl-C stops');
    const sent = await json<{ messages: { messageId: string }[] }>('publish', 'order.placed');
    await tapping.waitFor('"outcome"');
    tapping.kill('SIGINT');
    const [message, outcome] = (await tapping.finished).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const [{ messageId } = { messageId: '' }] = sent.messages;
    expect(message).toMatchObject({ messageId, eventType: 'order.placed' });
    expect(outcome).toEqual({
      messageId,
      subscriber: 'orders',
      function: 'OrderProcessor',
      outcome: 'handled',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('has nothing to run, and says who takes the messages and how to see that', async () => {
    const { code, stderr } = await run('run');
    expect(code).toBe(2);
    expect(stderr).toContain('the function OrderProcessor takes from OrderQueue');
    expect(stderr).toContain('pubsub listen orders');
  });

  it('says of a dead letter why the function failed', async () => {
    await run('publish', '--raw', '--data', 'no JSON');
    const failed = async () => (await run('functions', 'logs')).stdout;
    await expect.poll(failed).toMatch(/✗ message \S+\s+failed, receive 1/);
    const { endpoint } = await json<{ endpoint: string }>('local', 'status');
    const advance = { method: 'POST', body: '{"advance":"60s"}' };
    expect((await fetch(`${endpoint}/_pubsub/clock`, advance)).ok).toBe(true);
    await expect.poll(async () => (await run('status', '--json')).stdout).toMatch(/"dlqDepth": 1/);
    const { stdout } = await run('dlq', 'show', 'orders');
    const [, id = ''] = /^ {2}id +(\S+)$/m.exec(stdout) ?? [];
    const traced = (await run('trace', id)).stdout.replace(/\s+/g, ' ');
    expect(traced).toMatch(/failed in OrderProcessor: SyntaxError: .*\(BatchItemFailure, request/);
    expect(stdout).toMatch(/why +SyntaxError: .*not valid JSON/);
    expect(stdout).toContain("(says the function's log)");
    expect(await json('dlq', 'show', 'orders')).toMatchObject({
      messages: [{ reason: expect.stringContaining('JSON'), reasonBy: 'function' }],
    });
  });

  it('calls a function with a sample, and ends with 1 where it fails', async () => {
    const sample = await pubsub.json(['functions', 'invoke'], { cwd });
    expect(sample.code).toBe(0);
    expect(sample.doc).toMatchObject({ ok: true, payload: { batchItemFailures: [] } });
    const { code, stdout } = await run('functions', 'invoke', '--data', '{}');
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ OrderProcessor failed: TypeError: Cannot read properties/);
    expect(stdout).toMatch(/^ {2}invocation \w{8}: \d+ ms, \d+ of 128 MB/m);
    expect(stdout).not.toContain('START RequestId');
    const whole = await run('functions', 'invoke', '--data', '{}', '--verbose');
    expect(whole.stdout).toContain('START RequestId');
    expect(whole.stdout).toMatch(/✗ TypeError: .*\n +at /);
  });

  it('follows the log, and says how to see where an error was thrown', async () => {
    await run('functions', 'invoke', '--data', '{}');
    const following = pubsub.start(['functions', 'logs', '--follow', '--json'], { cwd });
    await following.waitFor(/"function":"OrderProcessor",.*"kind":"error",.*TypeError/);
    following.kill('SIGINT');
    expect(await following.finished).toMatchObject({ code: 0 });
    const { stdout, stderr } = await run('functions', 'logs');
    expect(stdout).toMatch(/✗ TypeError: Cannot read properties/);
    expect(stdout).not.toMatch(/\n +at /);
    expect(stderr).toContain('Where errors were thrown: --verbose\n');
    expect((await run('functions', 'logs', '--verbose')).stdout).toMatch(/\n +at /);
  });

  it('fails where the function names messages of its batch as failed', async () => {
    const records = [
      { messageId: 'm1', body: ORDER, attributes: { ApproximateReceiveCount: '1' } },
      { messageId: 'm2', body: '{', attributes: { ApproximateReceiveCount: '1' } },
    ];
    const batch = JSON.stringify({ Records: records });
    const partial = await run('functions', 'invoke', '--data', batch);
    expect(partial.code).toBe(1);
    expect(partial.stdout).toContain('✗ OrderProcessor failed with 1 of 2 messages: m2\n');
    expect(partial.stdout).toContain('answered: {"batchItemFailures":[{"itemIdentifier":"m2"}]}');
    expect(partial.stdout).not.toContain('✓');
    const { code, doc } = await pubsub.json(['functions', 'invoke', '--data', batch], { cwd });
    expect(code).toBe(1);
    expect(doc).toMatchObject({ ok: false, functionError: null, failedMessages: ['m2'] });
  });

  it('shows the log of any function of the target, and calls it', async () => {
    const other = join(pubsub.env.HOME ?? '', 'other');
    mkdirSync(join(other, 'code'), { recursive: true });
    writeFileSync(
      join(other, 'code/index.mjs'),
      'export const handler = async (event) => { console.log("called", event.by); return "done"; };',
    );
    writeFileSync(
      join(other, 'pubsub.yaml'),
      'topology: other\ntopics: { other: {} }\nfunctions: { Echo: { runtime: nodejs24.x, code: code/ } }\n',
    );
    const made = await pubsub.run(['setup'], { cwd: other });
    expect(made.code, made.stderr).toBe(0);
    const call = await run('functions', 'invoke', 'Echo', '--data', '{"by":"somebody"}');
    expect(call.code, call.stderr).toBe(0);
    expect(call.stdout).toContain('✓ Echo answered: "done"');
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:Echo';
    for (const name of ['Echo', arn]) {
      expect((await run('functions', 'logs', name)).stdout).toContain('called somebody');
    }
    const none = await run('functions', 'ls', '--topology', 'orders');
    expect(none.stderr).toContain('logs and invoke take those of the target too: Echo, OrderP');
    const near = await run('functions', 'logs', 'Ecco');
    expect(near.code).toBe(2);
    expect(near.stderr).toContain('Did you mean "Echo"?');
    expect((await pubsub.run(['cleanup', '--yes'], { cwd: other })).code).toBe(0);
  });

  it.each([80, 40])('fits a real terminal of %d columns', async (columns) => {
    const at = ['--topology', 'order-notifications'];
    for (const [args, code, words] of [
      [['functions', 'ls'], 0, /OrderProcessor\s.*nodejs24\.x/s],
      [['functions', 'invoke', '--data', '{}'], 1, /failed: TypeError/],
      [['tables', 'scan'], 0, /orderId/],
      [['status'], 0, /takes\s+from\s+OrderQueue/],
    ] as const) {
      const terminal = openTerminal([...args, ...at], pubsub.env, { columns, rows: 24 });
      expect(await terminal.exited, args.join(' ')).toBe(code);
      const lines = plain(terminal.output())
        .split('\n')
        .map((line) => line.replace(/\r$/, '').split('\r').at(-1) ?? '');
      expect(lines.join('\n')).toMatch(words);
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
    }
  });

  it('shows functions and tables while status is watched, on a terminal and as lines', async () => {
    const terminal = openTerminal(
      ['status', '--watch', '--topology', 'order-notifications'],
      pubsub.env,
    );
    await terminal.waitFor('function OrderProcessor  exists, takes from OrderQueue');
    await terminal.waitFor(/table Orders {2}exists/);
    terminal.type('\x03');
    expect(await terminal.exited).toBe(0);
    const watching = pubsub.start(['status', '--watch', '--json'], { cwd });
    await watching.waitFor('"tables"');
    watching.kill('SIGINT');
    const [line = ''] = (await watching.finished).stdout.split('\n');
    expect(JSON.parse(line)).toMatchObject({
      functions: [{ key: 'OrderProcessor', mappings: [{ state: 'Enabled' }] }],
      tables: [{ name: 'Orders', exists: true }],
    });
  });

  it.each([
    [['tables', 'get', 'Orders', 'nobody'], 1, 'There is no item with orderId nobody'],
    [['tables', 'get', 'Order', 'x'], 2, 'Did you mean "Orders"?'],
    [['tables', 'scan', '--max', '0'], 2, 'whole number from 1'],
    [['functions', 'logs', 'OrderProcesor'], 2, 'Did you mean "OrderProcessor"?'],
    [['functions', 'invoke', '--data', '{'], 2, '--data is not JSON'],
    [['functions', 'ls', '--topology', 'orders'], 2, 'has no functions'],
  ])('refuses %j', async (args, exitCode, words) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(words);
  });

  it('asks for what a table holds, and leaves nothing', async () => {
    const { stdout, code } = await run('cleanup', '--yes');
    expect(code).toBe(0);
    expect(stdout).toMatch(/- mapping +OrderQueue → OrderProcessor/);
    expect(stdout).toMatch(/- table +Orders \(about \d items in it\)/);
    expect(await json('cleanup', '--yes')).toMatchObject({ deleted: [], verified: true });
  });
});
