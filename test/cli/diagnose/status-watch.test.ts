import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CallRecorder, openCallRecorder } from '../../fixtures/call-recorder.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import type { Refusal } from '../../fixtures/gateway.ts';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal, plain, type Terminal } from '../../fixtures/terminal.ts';
import { fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';

let recorder: CallRecorder;
let refusal: Refusal | undefined;
let flags: string[] = [];
let send: (which: 'queue' | 'dlq', count?: number) => Promise<void>;
let terminal: Terminal | undefined;

beforeAll(async () => {
  recorder = await openCallRecorder(endpoint.url, {
    refuse: ({ action }) => (action === 'GetQueueAttributes' ? refusal : undefined),
  });
});

afterAll(() => recorder.close());

beforeEach(async () => {
  refusal = undefined;
  const place = await newPlace(endpoint, uniquePrefix());
  await fanOutAt(place);
  flags = ['--endpoint-url', recorder.url, '--prefix', place.topology.prefix, '--interval', '0.2'];
  send = async (which, count = 1) => {
    const QueueUrl = await urlOf(place, subscriber(place)[which]);
    for (let sent = 0; sent < count; sent += 1) {
      await place.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    }
  };
});

afterEach(() => {
  terminal?.kill('SIGKILL');
  terminal = undefined;
});

function watch(args: readonly string[] = [], size = { columns: 80, rows: 24 }): Terminal {
  terminal = openTerminal(['status', '--watch', ...flags, ...args], pubsub.env, size);
  return terminal;
}

/** The pictures that were drawn, as lines of text; the last may not be complete. */
function pictures({ output }: Terminal): string[][] {
  const [, ...drawn] = output().split('\x1b[H');
  return drawn.map((picture) =>
    plain(picture)
      .split('\r\n')
      .map((line) => line.trimEnd()),
  );
}

/** Waits for a whole picture that is as wanted. */
async function picture(of: Terminal, wanted: (lines: string[]) => boolean): Promise<string[]> {
  const find = (): string[] | undefined => pictures(of).slice(0, -1).find(wanted);
  await expect.poll(() => find() !== undefined).toBe(true);
  return find() ?? [];
}

const row = (lines: readonly string[], name: string): string =>
  lines.find((line) => line.startsWith(name)) ?? '';

/** Asserts that the terminal was taken over once and given back, with nothing of the board after it. */
function expectGivenBack({ output }: Terminal): string {
  const [before = '', shown = '', ...more] = output().split(ENTER);
  expect(more).toEqual([]);
  expect(before).not.toContain('\x1b[H');
  const [, after, ...again] = shown.split(LEAVE);
  expect(again).toEqual([]);
  return plain(after ?? 'was not given back');
}

describe('pubsub status --watch in a terminal', () => {
  it('draws a board in place of the one before, and gives the terminal back on Ctrl-C', async () => {
    const board = watch();
    const first = await picture(board, (lines) => row(lines, 'email') !== '');
    await send('queue', 3);
    await send('dlq');
    const whole = isIndependent ? /^email +3 .* – .* 1 +\S+$/ : /^email +3 .* \d+ s .* 1 +\S+$/;
    const later = await picture(board, (lines) => whole.test(row(lines, 'email')));

    board.type('\x03');

    expect(await board.exited).toBe(0);
    expect(expectGivenBack(board).trim()).toBe('');
    expect(first[0]).toMatch(
      /^topic \S+-order-events {2}exists {2}endpoint us-east-1 +\d\d:\d\d:\d\d$/,
    );
    expect(row(first, 'subscriber')).toMatch(
      /^subscriber +depth +flight +oldest +in\/s +out\/s +dlq +readers$/,
    );
    expect(later.at(-2)).toBe('every 0.2 s · Ctrl-C ends');
    const widest = Math.max(
      ...pictures(board)
        .flat()
        .map(({ length }) => length),
    );
    expect(widest).toBeLessThanOrEqual(80);
    // Reads only.
    expect(new Set(recorder.calls.map(({ action }) => action))).toEqual(
      new Set([
        'GetCallerIdentity',
        'GetQueueUrl',
        'GetQueueAttributes',
        'ListSubscriptionsByTopic',
      ]),
    );
  });

  it('shows rates with a sparkline as messages come', async () => {
    const board = watch();
    await picture(board, (lines) => row(lines, 'email') !== '');

    await send('queue', 5);

    const rising = /^email +\d+ +0 +\S+( s)? +~?\d\S* +[▁▂▃▄▅▆▇█ ]*[▂▃▄▅▆▇█]/;
    await picture(board, (lines) => rising.test(row(lines, 'email')));
  });

  it('follows the size of the window, and drops columns where it is narrow', async () => {
    const board = watch();
    await picture(board, (lines) => lines.some((line) => line.endsWith('readers')));

    board.resize(40, 10);
    const narrow = await picture(
      board,
      (lines) => lines[2] === 'subscriber  depth  flight  oldest  dlq',
    );
    board.resize(120, 24);
    const wide = await picture(board, (lines) => (lines[0]?.length ?? 0) === 120);

    expect(Math.max(...narrow.map(({ length }) => length))).toBeLessThanOrEqual(40);
    expect(wide.some((line) => line.endsWith('readers'))).toBe(true);
  });

  it('keeps showing the last reading while nothing can be read, and goes on by itself', async () => {
    const board = watch();
    await picture(board, (lines) => row(lines, 'email') !== '');

    refusal = jsonError(503, 'ServiceUnavailable', 'busy');
    const troubled = await picture(board, (lines) => row(lines, '! Could not read') !== '');
    expect(row(troubled, 'email')).not.toBe('');
    expect(troubled.join(' ')).toMatch(/Trying again in \d+ s/);
    refusal = undefined;
    await send('queue', 7);

    await picture(
      board,
      (lines) => /^email +7 /.test(row(lines, 'email')) && row(lines, '! ') === '',
    );
  });

  it('gives the terminal back before it says what went wrong for good', async () => {
    const board = watch();
    await picture(board, (lines) => row(lines, 'email') !== '');

    refusal = jsonError(400, 'AccessDeniedException', 'no identity-based policy allows it');

    expect(await board.exited).toBe(4);
    expect(expectGivenBack(board)).toContain('✗ Not allowed to read queue');
  });

  it('ends with 3 and a sentence when a condition holds', async () => {
    const board = watch(['--fail-if', 'email.dlq>0']);
    await picture(board, (lines) => row(lines, 'email') !== '');

    await send('dlq');

    expect(await board.exited).toBe(3);
    expect(expectGivenBack(board)).toContain("! email: dlq is 1 (--fail-if 'email.dlq>0').");
  });

  it('gives the terminal back on SIGTERM', async () => {
    const board = watch();
    await picture(board, (lines) => row(lines, 'email') !== '');

    board.kill('SIGTERM');

    expect(await board.exited).toBe(0);
    expect(expectGivenBack(board).trim()).toBe('');
  });

  it('gives the terminal back while Ctrl-Z stops it, and draws again after', async () => {
    const board = watch();
    await picture(board, (lines) => row(lines, 'email') !== '');

    board.type('\x1a');
    await expect.poll(() => board.output().endsWith(LEAVE)).toBe(true);
    await expect
      .poll(() => {
        process.kill(board.pid, 'SIGCONT');
        return board.output().split(ENTER).length;
      })
      .toBe(3);
    board.type('\x03');

    expect(await board.exited).toBe(0);
    expect(board.output().split(LEAVE)).toHaveLength(3);
    expect(board.output().split(LEAVE)[2]?.trim()).toBe('');
  });

  it('draws without colour with NO_COLOR, and no board with TERM=dumb', async () => {
    const args = ['status', '--watch', ...flags];
    const plainly = openTerminal(args, { ...pubsub.env, NO_COLOR: '1' });
    await picture(plainly, (lines) => row(lines, 'email') !== '');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one.
    expect(plainly.output()).not.toMatch(/\x1b\[\d*m/);
    plainly.type('\x03');
    expect(await plainly.exited).toBe(0);

    const dumb = openTerminal(args, { ...pubsub.env, TERM: 'dumb' });
    await dumb.waitFor(/email: depth 0/);
    dumb.type('\x03');
    expect(await dumb.exited).toBe(0);
    expect(dumb.output()).not.toContain('\x1b');
  });
});

describe('pubsub status --watch without a terminal', () => {
  it('prints a line for each subscriber, then for each change, and ends on SIGTERM', async () => {
    const run = pubsub.start(['status', '--watch', ...flags]);
    await run.waitFor(/analytics: depth 0/);

    await send('queue', 2);
    await run.waitFor(/email: depth 2/);
    run.kill('SIGTERM');

    const { stdout, code } = await run.finished;
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 3).map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''))).toEqual(
      ['email', 'inventory', 'analytics'].map((name) =>
        expect.stringMatching(new RegExp(`^${name}: depth 0, in flight 0, .*dlq 0`)),
      ),
    );
    expect(lines.slice(3).every((line) => line.includes(' email: '))).toBe(true);
    expect(stdout).not.toContain('\x1b');
  });

  it('says trouble once, and that it is over', async () => {
    const run = pubsub.start(['status', '--watch', ...flags]);
    await run.waitFor(/analytics: depth 0/);

    refusal = jsonError(503, 'ServiceUnavailable', 'busy');
    await run.waitFor(/! Could not read queue .* Trying again in/);
    refusal = undefined;
    await run.waitFor('Readings come again.');

    run.kill('SIGINT');
    expect(await run.finished).toMatchObject({ code: 0 });
  });

  it('ends quietly when its reader does', async () => {
    const run = pubsub.spawn(['status', '--watch', ...flags]);
    await run.waitFor(/analytics: depth 0/);

    run.child.stdout?.destroy();
    await send('queue');

    expect(await run.finished).toMatchObject({ code: 0 });
  });

  it('streams snapshots with --json, until a condition holds', async () => {
    const run = pubsub.start(['status', '--watch', '--json', ...flags, '--fail-if', 'dlq>0']);
    await run.waitFor('"analytics"');
    refusal = jsonError(503, 'ServiceUnavailable', 'busy');
    await run.waitFor('"retryInSeconds"');
    refusal = undefined;
    await send('queue', 2);
    await run.waitFor('"depth":2');
    await send('dlq');

    const { stdout, code } = await run.finished;
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(3);
    expect(lines[0]).toMatchObject({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      target: 'endpoint',
      topic: { exists: true },
      subscribers: [
        {
          name: 'email',
          subscribed: true,
          depth: 0,
          dlqDepth: 0,
          inPerSecond: null,
          outPerSecond: null,
        },
        { name: 'inventory' },
        { name: 'analytics' },
      ],
      failed: [],
    });
    expect(lines).toContainEqual({
      time: expect.any(String),
      error: { code: 'ServiceUnavailable', message: expect.any(String) },
      retryInSeconds: expect.any(Number),
    });
    expect(lines.at(-1)).toMatchObject({
      subscribers: [{ dlqDepth: 1, ratesExact: !isIndependent }, {}, {}],
      failed: [{ condition: 'dlq>0', subscriber: 'email', value: 1, verdict: 'met' }],
    });
  });

  it.each([
    [['--watch', '--interval', '0'], '--interval must be a time from 0.2s to 1h'],
    [['--watch', '--interval', '61m'], '--interval must be a time from 0.2s to 1h'],
    [['--watch', '--interval', 'often'], '--interval must be a time'],
    [['--interval', '2s'], '--interval needs --watch'],
    [['--interval', '5'], '--interval needs --watch'],
    [['--watch', '--fail-if', 'dlq'], 'is not a condition'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await runMain(['status', ...args], pubsub.env);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

function jsonError(status: number, code: string, message: string): Refusal {
  const body = JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message });
  return { status, contentType: 'application/x-amz-json-1.0', body };
}
