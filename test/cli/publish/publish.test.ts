import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway } from '../../fixtures/gateway.ts';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal, plain } from '../../fixtures/terminal.ts';

const pubsub = usePubsub();

interface Published {
  published: number;
  failed: number;
  messages?: { eventId: string; messageId: string; eventType: string; orderId: number }[];
  failures: { line: number | null; code: string; message: string }[];
}

const publish = async (args: readonly string[], stdin?: string) => {
  const { doc, code } = await pubsub.json(
    ['publish', ...args],
    stdin === undefined ? {} : { stdin },
  );
  return { code, doc: doc as Published };
};
const depth = async (): Promise<number> => {
  const { doc } = await pubsub.json(['status']);
  return (doc as { subscribers: { depth: number }[] }).subscribers[0]?.depth ?? -1;
};
const fileOf = (name: string, text: string): string => {
  const path = join(pubsub.env.HOME ?? '', name);
  writeFileSync(path, text);
  return path;
};
const line = (orderId: number, total = '9.50'): string =>
  `{"event_type":"order.created","order_id":${orderId},"user_id":1,"total":${total}}`;

beforeAll(async () => {
  await pubsub.startEngine();
  await pubsub.run(['setup']);
});

describe('pubsub publish', () => {
  it('publishes a sample order when nothing is said, and nobody can be asked', async () => {
    const { code, doc } = await publish([]);
    expect(code).toBe(0);
    expect(doc).toEqual({
      published: 1,
      failed: 0,
      failures: [],
      messages: [
        {
          eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          messageId: expect.any(String),
          eventType: 'order.created',
          orderId: 1,
          reached: 3,
          subscriptions: 3,
        },
      ],
    });
  });

  it('publishes what was given, by flags or as data, and the flags win', async () => {
    const byFlags = ['order.updated', '--order-id', '7', '--total', '12.5', '--status', 'shipped'];
    const { stdout } = await pubsub.run(['publish', ...byFlags]);
    expect(stdout).toContain('order.updated  order_id=7  user_id=1  total=12.5  status=shipped');
    const data = '{"event_type":"order.created","order_id":8,"user_id":2,"total":1.10}';
    const both = await pubsub.run(['publish', '--data', data, '--order-id', '9']);
    expect(both.stdout).toContain(
      'order.created  order_id=9  user_id=2  total=1.10  status=pending',
    );
  });

  it('counts on from the given order, and leaves the messages out above 1,000', async () => {
    const few = await publish(['--count', '12', '--order-id', '100']);
    expect(few.doc.messages?.map(({ orderId }) => orderId).sort()).toEqual(
      Array.from({ length: 12 }, (_, index) => 100 + index),
    );
    const many = await publish(['--count', '1001']);
    expect(many.doc).toMatchObject({ published: 1001, failed: 0 });
    expect(many.doc).not.toHaveProperty('messages');
  });

  it('goes on where a page of a proxy came in place of one answer', async () => {
    const { doc } = await pubsub.json(['local', 'status']);
    const page = { status: 200, contentType: 'text/html', body: '<html>Welcome</html>' };
    const gateway = await openGateway((doc as { endpoint: string }).endpoint, (_, number) =>
      number === 1 ? page : undefined,
    );
    const words = ['order.created', '--count', '30', '--endpoint-url', gateway.url];
    const run = await publish(words);
    await gateway.close();
    expect(run).toMatchObject({ code: 0, doc: { published: 30, failed: 0 } });
  });

  it('holds a rate', async () => {
    const started = performance.now();
    await publish(['--count', '11', '--rate', '20']);
    // Ten gaps of 50 ms; the bound is from below, so a slow machine can't break it.
    expect(performance.now() - started).toBeGreaterThan(450);
  });
});

describe('pubsub publish --file', () => {
  it('names bad lines by number, publishes the others, and keeps what failed for another try', async () => {
    const path = fileOf('mixed.jsonl', `${line(1)}\nnot json\n\n${line(2, '1.999')}\n${line(3)}\n`);
    const failedTo = join(pubsub.env.HOME ?? '', 'failed.jsonl');
    const { code, doc } = await publish(['--file', path, '--failed-to', failedTo]);
    expect(code).toBe(1);
    expect(doc.published).toBe(2);
    expect(doc.failures).toEqual([
      { line: 2, code: 'InvalidEvent', message: expect.stringContaining('not JSON') },
      { line: 4, code: 'InvalidEvent', message: expect.stringContaining('two decimals') },
    ]);
    expect(readFileSync(failedTo, 'utf8')).toBe(`not json\n${line(2, '1.999')}\n`);
  });

  it('stops at the first bad line with --strict', async () => {
    const path = fileOf('strict.jsonl', `${line(1)}\nnot json\n${line(2)}\n`);
    const { stderr, stdout, code } = await pubsub.run(['publish', '--file', path, '--strict']);
    expect(code).toBe(1);
    expect(stdout).toContain('Published 1 event');
    expect(stderr).toContain('Stopped at line 2; later lines were not read.');
  });

  it.each([
    ['mixed.jsonl', 'would overwrite'],
    ['link.jsonl', 'would overwrite'],
    ['.', 'is a folder'],
    ['no-such-folder/failed.jsonl', "can't be written"],
  ])('refuses --failed-to %s before it touches anything', async (failedTo, words) => {
    const text = `${line(1)}\nnot json\n`;
    const file = fileOf('mixed.jsonl', text);
    const link = join(pubsub.env.HOME ?? '', 'link.jsonl');
    if (!existsSync(link)) symlinkSync(file, link);
    const args = ['publish', '--file', 'mixed.jsonl', '--failed-to', failedTo];
    const { stderr, stdout, code } = await runMain(args, pubsub.env);
    expect(stderr).toContain(words);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('says where to go on when it is interrupted', async () => {
    const lines = Array.from({ length: 200 }, (_, index) => line(index + 1));
    const path = fileOf('long.jsonl', `${lines.join('\n')}\n`);
    const attribute = ['--attribute', "by=Jo O'Neil"];
    const running = pubsub.start(['publish', ...attribute, '--file', path, '--rate', '20']);
    await running.waitFor('order_id=5  ');
    running.kill('SIGINT');
    const { stdout, stderr, code } = await running.finished;
    expect(code).toBe(130);
    const published = Number(/Published (\d+) events/.exec(stdout)?.[1]);
    expect(published).toBeLessThan(200);
    // Lines in hand were not sent either, but those not read yet are far more: the account has the ranges.
    expect(stdout).toMatch(/^✗ Published \d+ events to [\w-]+( in \S+ s \(\d+\/s\))?$/m);
    expect(stderr).toContain(
      `pubsub publish --file ${path} --attribute 'by=Jo O'\\''Neil' --rate 20 --only ${published + 1}-`,
    );
  });

  it('reads stdin', async () => {
    const { doc } = await publish(['--file', '-'], `${line(1)}\n${line(2)}`);
    expect(doc.published).toBe(2);
  });

  it('keeps the id of an event that is published again', async () => {
    const event = `{"event_id":"kept-id","timestamp":"2025-01-01T12:00:00.000Z",${line(5).slice(1)}`;
    const { doc } = await publish(['--file', '-'], event);
    expect(doc.messages?.[0]?.eventId).toBe('kept-id');
  });
});

describe('what is refused changes nothing', () => {
  let before = -1;
  beforeAll(async () => {
    before = await depth();
  });
  afterAll(async () => {
    expect(await depth()).toBe(before);
  });

  it.each([
    [['order.creatd'], 'Did you mean "order.created"?'],
    [['--status', 'shiped'], 'did you mean "shipped"?'],
    [['--total', '-1'], 'total must be >= 0, not -1 (an amount'],
    [['--total', 'x'], 'total has the wrong form: "x" (an amount with no more than two decimals'],
    [['--total', '1.999'], 'more than two decimals'],
    [['--order-id', '0'], 'order_id must be >= 1, not 0 (a whole number from 1)'],
    [['--user-id', '1.5'], 'user_id must be a whole number, not 1.5'],
    [['--data', '{"total":1,}'], '(column 12)'],
    [['--data', '[]'], 'not a JSON object'],
    [['--data', '{"event_id":"a"}', '--count', '2'], 'once only'],
    [['--count', '0'], '--count'],
    [['--rate', '0'], '--rate'],
    [['--attribute', 'novalue'], 'name=value'],
    [['--attribute', 'AWS.x=1'], 'no attribute named "AWS.x"'],
    [['--attribute', 'event_type=x'], 'is set already'],
    [['--attribute', '__proto__=1', '--attribute', '__proto__=2'], '__proto__ is set already'],
    [Array.from({ length: 10 }, (_, n) => ['--attribute', `a${n}=1`]).flat(), 'more than the 10'],
    [['--file', 'missing.jsonl'], 'There is no file missing.jsonl'],
    [['--file', '.'], 'is a folder'],
    [['--file', 'x', '--count', '2'], '--file brings its own events'],
    [['--strict'], '--strict needs --file'],
    [['--only', '3'], '--only needs --file or --count'],
    [['--only', '3-1', '--count', '5'], '--only must be numbers and ranges from 1'],
    [['--only', '4', '--count', '3'], '--only 4 is none of the 3 events'],
    [['--retry-for', '-1'], '--retry-for must be a length of time'],
    [['--prefix', 'a b'], 'not one AWS accepts'],
    [['--prefix', 'p'.repeat(80)], 'AWS allows'],
  ])('%j', async (args, words) => {
    const { stderr, stdout, code } = await runMain(['publish', ...args], pubsub.env);
    expect(stderr).toContain(words);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('an event over the size limit', async () => {
    const large = line(1).replace('}', `,"note":"${'x'.repeat(263_000)}"}`);
    const refused = await publish(['--file', '-'], large);
    expect(refused.code).toBe(1);
    expect(refused.doc.failures).toEqual([
      { line: 1, code: 'MessageTooLong', message: expect.stringContaining('262144') },
    ]);
  });

  it('a topic that is not there, with the command that makes it', async () => {
    const { stderr, stdout, code } = await pubsub.run(['publish', '--prefix', 'nowhere']);
    expect(stderr).toContain(
      'There is no topic arn:aws:sns:us-east-1:000000000000:nowhere-order-events',
    );
    expect(stderr).toContain('pubsub setup --prefix nowhere');
    expect(stderr.match(/There is no topic/g)).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });
});

describe('on a terminal', () => {
  it('asks for what is missing, refuses a bad answer, and publishes', async () => {
    const terminal = openTerminal(['publish', '--user-id', '4'], pubsub.env);
    await terminal.waitFor('Event type');
    terminal.type('\u001b[B\r');
    await terminal.waitFor('Order id');
    terminal.type('x\r');
    await terminal.waitFor('order_id must be a whole number');
    terminal.type('\u007f31\r');
    await terminal.waitFor('Total');
    terminal.type('\r');
    await terminal.waitFor('Status');
    terminal.type('\r');
    await terminal.waitFor(
      /order\.updated {2}order_id=31 {2}user_id=4 {2}total=29\.99\s+status=confirmed/,
    );
    expect(await terminal.exited).toBe(0);
    const shown = plain(terminal.output());
    expect(shown.split('Event type')[0]).toContain('Target: local');
  });

  it('says what is wrong with its flags before it asks', async () => {
    const terminal = openTerminal(['publish', '--rate', '0'], pubsub.env);
    await terminal.waitFor('--rate');
    expect(await terminal.exited).toBe(2);
    expect(terminal.output()).not.toContain('Event type');
  });

  it('publishes nothing when the question is answered with Ctrl-C', async () => {
    const before = await depth();
    const terminal = openTerminal(['publish'], pubsub.env);
    await terminal.waitFor('Event type');
    terminal.type('\u0003');
    expect(await terminal.exited).toBe(130);
    expect(await depth()).toBe(before);
  });

  it('asks nothing with --yes, nor with --no-input', async () => {
    for (const flag of ['--yes', '--no-input']) {
      const terminal = openTerminal(['publish', flag], pubsub.env);
      expect(await terminal.exited).toBe(0);
      expect(terminal.output()).not.toContain('Event type');
    }
  });
});
