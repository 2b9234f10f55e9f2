import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { deleteQueue } from '../../../src/lib/aws/queues.ts';
import { readReasons } from '../../../src/lib/consume/failure-reasons.ts';
import { orders } from '../../contract/consume/consumer-queue.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { createPublisher, type OrderEvent, serializeOrderEvent } from '../../fixtures/orders.ts';
import { startProxy } from '../../fixtures/proxy.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal, plain } from '../../fixtures/terminal.ts';
import { fanOutAt, newPlace, setAttributes, subscriber, urlOf } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();
/** What modules print goes to the console of their process. */
const runBinary: typeof pubsub.run = (args, options) => pubsub.spawn(args, options).finished;
const patient = { timeout: 60_000, interval: 50 };

/** A topology that is set up, and the words that make a command work on it. */
async function newFanOut() {
  const prefix = uniquePrefix();
  const place = await newPlace(endpoint, prefix);
  const topicArn = await fanOutAt(place);
  const publisher = createPublisher({ aws: place.aws, topicArn });
  const email = await urlOf(place, subscriber(place).queue);
  return {
    place,
    email,
    flags: ['--prefix', prefix, '--endpoint-url', endpoint.url],
    publish: async (events: readonly OrderEvent[]) => {
      await publisher.publish(events.map((event) => ({ event })));
    },
    depth: async () => {
      const { Attributes = {} } = await place.aws.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: email, AttributeNames: ['All'] }),
      );
      return {
        visible: Number(Attributes.ApproximateNumberOfMessages),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      };
    },
  };
}

/** `--exec` for a script of the shell's, which gets its own quotes. */
function shell(script: string): string[] {
  return ['--exec', `sh -c '${script}'`];
}

describe('listen', () => {
  it('shows what a subscriber does, and deletes what it handled', async () => {
    const { flags, publish, depth } = await newFanOut();
    await publish(orders(3));
    const { stdout, stderr, code } = await pubsub.run(['listen', 'email', '--max', '3', ...flags]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'email     │ 📧 Sending order confirmation email for order 1',
        'email     │    User: 1, Total: $29.99',
        'email     │ 📧 Sending order confirmation email for order 2',
        'email     │    User: 2, Total: $149.50',
        'email     │ 📧 Sending order confirmation email for order 3',
        'email     │    User: 1, Total: $75.00',
        '',
      ].join('\n'),
    );
    expect(stderr).toContain('email     │ 3 handled, 3 deleted (--max reached)');
    expect(await depth()).toEqual({ visible: 0, inFlight: 0 });
  });

  it('writes a JSON object a line for every subscriber, with money to the letter', async () => {
    const { flags, publish } = await newFanOut();
    const events = orders(3);
    await publish(events);
    const { stdout, stderr, code } = await pubsub.run([
      'listen',
      'all',
      '--json',
      '--idle-timeout',
      '1',
      ...flags,
    ]);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(9);
    expect(lines.filter((line) => line.includes('"total":75.00'))).toHaveLength(3);
    const records = lines.map((line) => JSON.parse(line));
    for (const name of ['email', 'inventory', 'analytics']) {
      const own = records.filter((record) => record.subscriber === name);
      expect(own.map(({ event }) => event.event_id).sort()).toEqual(
        events.map(({ event_id }) => event_id).sort(),
      );
    }
    expect(records[0]).toEqual({
      subscriber: expect.any(String),
      messageId: expect.any(String),
      event: expect.objectContaining({ event_type: 'order.created' }),
      outcome: 'handled',
      receiveCount: 1,
      ms: expect.any(Number),
    });
    expect(stderr).toContain('inventory │ 3 handled, 3 deleted (idle timeout)');
  });

  it('shows a body that is not an event, leaves it, and goes on', async () => {
    const { flags, publish, depth, place, email } = await newFanOut();
    const send = (MessageBody: string) =>
      place.aws.sqs.send(new SendMessageCommand({ QueueUrl: email, MessageBody }));
    await send('{"hello": "\u009b31m"}');
    await publish(orders(1));
    const { stdout, code } = await pubsub.run(['listen', 'email', '--max', '2', ...flags]);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ This is not an order event: it has no event_type.');
    expect(stdout).toContain('Left in the queue (receive 1): {"hello": "\\u{9b}31m"}');
    expect(stdout).toContain('📧 Sending order confirmation email for order 1');
    expect(await depth()).toEqual({ visible: 0, inFlight: 1 });
  });

  it('goes through trouble with a sentence when it comes and one when it is over', async () => {
    const { flags, publish } = await newFanOut();
    const proxy = await startProxy(endpoint.url);
    try {
      const run = pubsub.start(['listen', 'all', ...flags, '--endpoint-url', proxy.url]);
      await run.waitFor('Ctrl-C stops');
      await publish(orders(1));
      await run.waitFor(/email .*order 1/);
      proxy.rule = () => 'cut';
      await publish(orders(1));
      await run.waitFor('Trying again');
      proxy.rule = () => undefined;
      await run.waitFor('Back after');
      run.kill('SIGTERM');
      const { stderr, code } = await run.finished;
      expect(code).toBe(0);
      expect(stderr.match(/Trying again/g)).toHaveLength(1);
      expect(stderr.match(/Back after/g)).toHaveLength(1);
    } finally {
      await proxy.close();
    }
  });

  it('ends with a sentence and the cure when the queue is deleted', async () => {
    const { flags, place, email } = await newFanOut();
    const run = pubsub.start(['listen', 'email', '--json', ...flags]);
    await run.waitFor('Ctrl-C stops');
    await deleteQueue(place.aws, email);
    const { stdout, code } = await run.finished;
    expect(code).toBe(1);
    const { error } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(error).toEqual({
      code: 'QueueNotFound',
      message: `There is no queue "${subscriber(place).queue}".`,
      hint: `Create it with: pubsub setup --endpoint-url ${endpoint.url} --prefix ${flags[1]}`,
    });
  });

  it('says at once that one of several subscribers cannot go on, and goes on with the others', async () => {
    const { flags, place, publish } = await newFanOut();
    const { queue } = subscriber(place, 'inventory');
    const proxy = await startProxy(endpoint.url);
    proxy.rule = ({ action, body }) =>
      action === 'ReceiveMessage' && body.includes(queue)
        ? { status: 403, error: 'AccessDenied' }
        : undefined;
    try {
      const running = pubsub.start(['listen', 'all', ...flags.with(3, proxy.url)]);
      await running.waitFor(`Not allowed to receive from queue "${queue}"`);
      await publish(orders(1));
      await running.waitFor('email     │ 📧 Sending');
      await running.waitFor('analytics │ 📊 Tracking');
      running.kill('SIGTERM');
      const { stderr, code } = await running.finished;
      expect(stderr.match(/Not allowed/g)).toHaveLength(1);
      expect(stderr).toContain('inventory │ 0 handled, 0 deleted (could not go on)');
      expect(code).toBe(4);
    } finally {
      await proxy.close();
    }
  });
});

describe('listen --exec', () => {
  it('gives a program the event and its facts, and deletes on exit 0', async () => {
    const { flags, publish, depth } = await newFanOut();
    await publish(orders(1));
    const { stdout, code } = await pubsub.run([
      'listen',
      'email',
      '--max',
      '1',
      ...shell('cat; echo "$PUBSUB_SUBSCRIBER $PUBSUB_EVENT_TYPE $PUBSUB_RECEIVE_COUNT"'),
      ...flags,
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^email {5}│ \{"event_id":.*"total":29\.99,.*\}$/m);
    expect(stdout).toContain('email     │ email order.created 1\n');
    expect(stdout).toMatch(
      /✓ order\.created {2}order_id=1 .*total=29\.99 .*id=[0-9a-f-]{36} {2}\(\d+ ms\)/,
    );
    expect(await depth()).toEqual({ visible: 0, inFlight: 0 });
  });

  it('leaves the message and tells the last lines of stderr when the program fails', async () => {
    const { flags, publish, depth } = await newFanOut();
    await publish(orders(1));
    const { stdout, code } = await pubsub.run([
      'listen',
      'email',
      '--json',
      '--max',
      '1',
      ...shell('echo one; echo disk full >&2; exit 3'),
      ...flags,
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'failed',
      reason: 'exit code 3\ndisk full',
    });
    expect(await depth()).toEqual({ visible: 0, inFlight: 1 });
  });

  it('keeps the reason of each failure, and comes back after --retry-delay', async () => {
    const { flags, publish, place, email } = await newFanOut();
    const [event] = orders(1);
    if (event) await publish([event]);
    await place.aws.sqs.send(new SendMessageCommand({ QueueUrl: email, MessageBody: 'nonsense' }));
    const words = ['--max', '4', '--retry-delay', '0', ...shell('echo disk full >&2; exit 3')];
    const { stdout, code } = await pubsub.run(['listen', 'email', '--json', ...words, ...flags]);
    expect(code).toBe(1);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map(({ receiveCount }) => receiveCount).sort()).toEqual([1, 1, 2, 2]);
    const stateDir = join(pubsub.env.XDG_STATE_HOME ?? '', 'pubsub');
    const reasons = await readReasons(stateDir, subscriber(place).queue);
    expect(reasons.find('', event?.event_id)).toMatchObject({
      reason: 'exit code 3\ndisk full',
      receiveCount: 2,
    });
    const text = records.find(({ body }) => body === 'nonsense');
    expect(reasons.find(text.messageId, undefined)).toMatchObject({ outcome: 'failed' });
  });
});

describe('a trace', () => {
  it('goes from the publisher to the handler, and so does that of X-Ray', async () => {
    const { flags, place, email } = await newFanOut();
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const words = ['publish', 'order.created', '--count', '1', ...flags];
    expect((await pubsub.run(words, { env: { TRACEPARENT: trace } })).code).toBe(0);
    const event = orders(1).map(serializeOrderEvent)[0];
    const AWSTraceHeader = { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be' };
    await place.aws.sqs.send(
      new SendMessageCommand({
        QueueUrl: email,
        MessageBody: event,
        MessageSystemAttributes: { AWSTraceHeader },
      }),
    );
    const { stdout } = await pubsub.run([
      ...['listen', 'email', '--max', '2', '--shell', '--exec'],
      'echo "trace=$PUBSUB_TRACEPARENT xray=$PUBSUB_AWS_TRACE"',
      ...flags,
    ]);
    expect(stdout).toContain(`trace=${trace} xray=\n`);
    expect(stdout).toContain('trace= xray=Root=1-5759e988-bd862e3fe1be\n');
  });
});

describe('listen --exec-mode', () => {
  it.each(['stream', 'batch'])('keeps one process for all events: %s', async (mode) => {
    const { flags, publish, depth } = await newFanOut();
    await publish(orders(30));
    const home = pubsub.env.HOME ?? '';
    writeFileSync(
      join(home, `${mode}.py`),
      [
        'import json, sys',
        'open("starts-" + sys.argv[1], "a").write("x")',
        'for line in sys.stdin:',
        '  read = json.loads(line)',
        '  for each in read if isinstance(read, list) else [read]:',
        '    ok = each["event"]["order_id"] % 10 != 0',
        '    answer = {"id": each["id"], "ok": ok, "reason": "tenth at " + each["facts"]["subscriber"]}',
        '    print(json.dumps(answer), flush=True)',
      ].join('\n'),
    );
    const words = ['--json', '--max', '30', '--exec', `python3 ${mode}.py ${mode}`];
    const { stdout, code } = await pubsub.run([
      ...['listen', 'email', '--exec-mode', mode],
      ...words,
      ...flags,
    ]);
    expect(code).toBe(1);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.filter(({ outcome }) => outcome === 'handled')).toHaveLength(27);
    const failed = records.filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ reason }) => reason)).toEqual(Array(3).fill('tenth at email'));
    expect(readFileSync(join(home, `starts-${mode}`), 'utf8')).toBe('x');
    expect(await depth()).toEqual({ visible: 0, inFlight: 3 });
  });

  it('ends with a sentence when the program never answers', async () => {
    const { flags, publish, depth } = await newFanOut();
    await publish(orders(8));
    const words = ['--exec-mode', 'stream', '--shell', '--exec', 'echo no database >&2; exit 1'];
    const { stderr, code } = await pubsub.run([
      ...['listen', 'email', '--concurrency', '1', '--retry-delay', '60'],
      ...words,
      ...flags,
    ]);
    expect(stderr).toContain('The program ended 5 times without an answer.');
    expect(code).toBe(1);
    const { visible, inFlight } = await depth();
    expect(visible + inFlight).toBe(8);
  });
});

describe('listen --shell', () => {
  it("understands a shell's words, which --exec alone does not", async () => {
    const { flags, publish } = await newFanOut();
    await publish(orders(2));
    const script = 'echo $PUBSUB_ORDER_ID $HOME | tr / _';
    const run = async (...more: string[]) =>
      (await pubsub.run(['listen', 'email', '--max', '1', ...more, ...flags])).stdout;
    expect(await run('--exec', script)).toContain('$PUBSUB_ORDER_ID $HOME | tr / _');
    expect(await run('--exec', script, '--shell')).toMatch(/│ \d _/);
  });
});

describe('listen --handler', () => {
  const typescript = Boolean((process.features as { readonly typescript?: unknown }).typescript);
  it('runs a module for each event, and keeps stdout for records', async () => {
    const { flags, publish, depth } = await newFanOut();
    await publish(orders(2));
    writeFileSync(
      join(pubsub.env.HOME ?? '', 'mail.mjs'),
      `export default async function (event, { signal, receiveCount, subscriber }) {
        console.log('mail about', event.total, subscriber, receiveCount, signal.aborted);
        if (event.order_id === 2) throw new Error('no such address');
      }`,
    );
    const words = ['--json', '--max', '2', '--handler', 'mail.mjs'];
    const { stdout, stderr, code } = await runBinary(['listen', 'email', ...words, ...flags]);
    expect(code).toBe(1);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map(({ outcome, reason }) => reason ?? outcome).sort()).toEqual([
      'handled',
      'no such address',
    ]);
    expect(stderr).toContain('mail about 29.99 email 1 false');
    expect(await depth()).toEqual({ visible: 0, inFlight: 1 });
  });

  it('runs TypeScript where Node can, and says so where it cannot', async () => {
    const { flags, publish } = await newFanOut();
    await publish(orders(1));
    writeFileSync(
      join(pubsub.env.HOME ?? '', 'mail.ts'),
      'export default (event: { total: string }): void => console.log("typed", event.total);',
    );
    const words = ['--max', '1', '--handler', 'mail.ts'];
    const run = typescript ? runBinary : pubsub.run;
    const { stdout, stderr, code } = await run(['listen', 'email', ...words, ...flags]);
    if (typescript) {
      expect(stdout).toContain('typed 29.99');
    } else {
      expect(stderr).toContain('cannot run TypeScript');
      expect(code).toBe(2);
    }
  });

  it('is no success where the module ends the process', async () => {
    const { flags, publish, depth } = await newFanOut();
    await publish(orders(1));
    writeFileSync(join(pubsub.env.HOME ?? '', 'exit.mjs'), 'export default () => process.exit(0);');
    const words = ['listen', 'email', '--max', '1', '--handler', 'exit.mjs', ...flags];
    const { stderr, code } = await pubsub.spawn(words).finished;
    expect(stderr).toContain('✗ process.exit() ended this run before it was done.\n');
    expect(code).toBe(1);
    expect(await depth()).toEqual({ visible: 0, inFlight: 1 });
  });

  it.each([
    ['names.mjs', 'export const handle = 1;', 'has no function as its default export'],
    ['open.mjs', 'export default (', 'could not be loaded'],
    ['lost.mjs', 'import "no-such-package"; export default () => {};', 'could not be loaded'],
  ])('says what is wrong with it: %s', async (file, text, sentence) => {
    writeFileSync(join(pubsub.env.HOME ?? '', file), text);
    const { stderr, code } = await pubsub.run(['listen', 'email', '--handler', file]);
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  });
});

describe('listen --timeout', () => {
  it('ends a program with all that it has started, and says that it took too long', async () => {
    const { flags, publish, depth } = await newFanOut();
    await publish(orders(1));
    const { stdout, code } = await pubsub.run([
      'listen',
      'email',
      '--json',
      '--max',
      '1',
      '--timeout',
      '1',
      ...shell('echo $$ > slow-pid; sleep 60 & sleep 60; echo never'),
      ...flags,
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'timeout',
      reason: 'not done within 1 s',
    });
    const pid = Number(readFileSync(join(pubsub.env.HOME ?? '', 'slow-pid'), 'utf8'));
    await vi.waitFor(() => expect(() => process.kill(-pid, 0)).toThrow('ESRCH'), patient);
    expect(await depth()).toEqual({ visible: 0, inFlight: 1 });
  });
});

describe('listen --dedupe-store', () => {
  it('skips after a restart what this subscriber has handled, and nothing else', async () => {
    const { flags, publish, depth } = await newFanOut();
    const events = orders(2);
    const listen = async (name: string, more: readonly OrderEvent[]) => {
      await publish(more);
      const words = ['--json', '--dedupe-store', 'handled', '--max', String(more.length)];
      const { stdout } = await pubsub.run(['listen', name, ...words, ...flags]);
      const lines = stdout.trimEnd().split('\n');
      return lines.map((line) => JSON.parse(line).outcome).sort();
    };
    expect(await listen('email', events.slice(0, 1))).toEqual(['handled']);
    expect(await listen('email', events)).toEqual(['duplicate', 'handled']);
    expect(await listen('inventory', events.slice(0, 1))).toEqual(['handled']);
    expect(await depth()).toEqual({ visible: 1, inFlight: 0 });
  });
});

describe('stopping', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'on the first %s it finishes what is in hand, and exits 0',
    async (signal) => {
      const { flags, publish, depth } = await newFanOut();
      await publish(orders(12));
      const go = `go-${signal}`;
      const run = pubsub.spawn([
        'listen',
        'email',
        '--concurrency',
        '2',
        ...shell(`echo begun; until [ -e ${go} ]; do sleep 0.05; done`),
        ...flags,
      ]);
      await run.waitFor(/begun[\s\S]*begun/);
      run.kill(signal);
      await run.waitFor('finishing the messages in progress');
      await pubsub.run(['--version']);
      expect(run.child.exitCode).toBeNull();
      writeFileSync(join(pubsub.env.HOME ?? '', go), '');
      const { stderr, code } = await run.finished;
      expect(code).toBe(0);
      expect(stderr).toContain('email     │ 2 handled, 2 deleted (stopped)');
      expect(await depth()).toEqual({ visible: 10, inFlight: 0 });
    },
  );

  it('on the second it ends at once with 130, and what it had started with it', async () => {
    const { flags, publish, depth } = await newFanOut();
    await publish(orders(1));
    const run = pubsub.spawn([
      'listen',
      'email',
      ...shell('echo $$ > pid; echo begun; sleep 60; echo never > late'),
      ...flags,
    ]);
    await run.waitFor('begun');
    run.kill('SIGINT');
    await run.waitFor('finishing the messages in progress');
    run.kill('SIGINT');
    expect((await run.finished).code).toBe(130);
    const pid = Number(readFileSync(join(pubsub.env.HOME ?? '', 'pid'), 'utf8'));
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), patient);
    expect(await depth()).toEqual({ visible: 0, inFlight: 1 });
  });

  it('loses nothing when it is killed: what it had in hand comes to the next', async () => {
    const { flags, publish, place } = await newFanOut();
    await setAttributes(place, subscriber(place).queue, { VisibilityTimeout: '2' });
    await publish(orders(1));
    const run = pubsub.spawn(['listen', 'email', ...shell('echo begun; sleep 1'), ...flags]);
    await run.waitFor('begun');
    run.child.kill('SIGKILL');
    expect((await run.finished).code).toBeNull();
    const { stdout } = await pubsub.run(['listen', 'email', '--json', '--max', '1', ...flags]);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'handled', receiveCount: 2 });
  });

  it('lets a program finish when Ctrl-C is typed in a terminal', async () => {
    const { flags, publish } = await newFanOut();
    await publish(orders(1));
    const done = join(pubsub.env.HOME ?? '', 'typed-done');
    const terminal = openTerminal(
      ['listen', 'email', ...shell(`echo begun; sleep 1; echo > ${done}`), ...flags],
      pubsub.env,
    );
    try {
      await terminal.waitFor('begun');
      terminal.type('\x03');
      expect(await terminal.exited).toBe(0);
      expect(existsSync(done)).toBe(true);
      expect(plain(terminal.output())).toContain('1 handled, 1 deleted (stopped)');
    } finally {
      terminal.kill();
    }
  });
});

describe('in a terminal', () => {
  it('asks for the subscriber, and shows each in a colour of its own', async () => {
    const { flags, publish } = await newFanOut();
    await publish(orders(1));
    const terminal = openTerminal(['listen', '--max', '1', ...flags], pubsub.env);
    try {
      await terminal.waitFor('Which subscriber?');
      // Up from the first is the last: all.
      terminal.type('\x1b[A\r');
      expect(await terminal.exited).toBe(0);
      for (const name of ['email', 'inventory', 'analytics']) {
        expect(terminal.output()).toMatch(new RegExp(`\\x1b\\[3\\dm${name} *\\x1b\\[39m`));
      }
      const shown = plain(terminal.output()).split(/\r?\n/);
      expect(plain(terminal.output()).split('Which subscriber?')[0]).toContain('Target: endpoint');
      expect(shown.filter((line) => line.length > 80)).toEqual([]);
    } finally {
      terminal.kill();
    }
  });
});

describe('bad input changes nothing', () => {
  it.each<[string[], string, string]>([
    [['emial'], 'Unknown subscriber "emial". Did you mean "email"?', 'inventory'],
    [[], 'Which subscriber?', 'email, inventory, analytics, all'],
    [['email', '--max', '0'], '--max must be a whole number from 1, not "0".', '--max 10'],
    [['email', '--idle-timeout', '1.5'], '--idle-timeout must be a length of time', '5m'],
    [['email', '--concurrency', 'many'], 'from 1 to 1000, not "many".', '--concurrency 20'],
    [['email', '--timeout', '43201'], '--timeout must be from 1s to 12h, not "43201".', '5m'],
    [['email', '--retry-delay', '-1'], '--retry-delay must be a length of time', '5m'],
    [
      ['email', '--dedupe-store', 'no/folder/here'],
      'The store of handled events',
      '--dedupe-store',
    ],
    [['email', '--exec', 'no-such-program x'], 'no program "no-such-program" on', '--shell'],
    [
      ['email', '--exec', 'true', '--exec-mode', 'fast'],
      '--exec-mode must be each, batch, stream',
      'stream',
    ],
    [['email', '--exec-mode', 'stream'], '--exec-mode needs --exec.', '--exec'],
    [['email', '--shell'], '--shell needs --exec.', '--exec'],
    [['email', '--exec', 'true', '--handler', 'h.mjs'], 'cannot be used together', 'Leave one'],
    [['email', '--handler', 'none.mjs'], 'There is no file', '--handler'],
    [['email', '--handler', '.'], 'is not a JavaScript or TypeScript module', '--exec'],
    [['email', '--exec', './nothing'], 'There is no file', '--exec'],
    [['email', '--exec', "sh -c 'open"], 'that is not closed', '--exec'],
    [['email', '--exec', ' '], '--exec needs a program.', 'node handle.js'],
  ])('%j', async (words, sentence, cure) => {
    const { stdout, stderr, code } = await pubsub.run(['listen', ...words]);
    expect(stderr).toContain(sentence);
    expect(stderr).toContain(cure);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('names a queue that is not there, and the command that makes it', async () => {
    const prefix = uniquePrefix();
    const flags = ['--prefix', prefix, '--endpoint-url', endpoint.url];
    const { stderr, code } = await pubsub.run(['listen', 'email', ...flags]);
    expect(stderr).toContain(`There is no queue "${prefix}-email-service-queue".`);
    expect(stderr).toContain(
      `Create it with: pubsub setup --endpoint-url ${endpoint.url} --prefix ${prefix}`,
    );
    expect(code).toBe(1);
  });
});
