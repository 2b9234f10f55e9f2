import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();
const patient = { timeout: 60_000, interval: 50 };

/** A topology that is set up, with events in each queue; gives the flags that lead to it. */
async function withEvents(count: number): Promise<string[]> {
  const flags = ['--prefix', uniquePrefix(), '--endpoint-url', endpoint.url];
  await pubsub.run(['setup', ...flags]);
  if (count > 0) await pubsub.run(['publish', 'order.created', '--count', String(count), ...flags]);
  return flags;
}

async function depthOf(flags: readonly string[]) {
  const { doc } = await pubsub.json(['status', ...flags]);
  const { subscribers } = doc as {
    subscribers: { depth: number; inFlight: number; dlqDepth: number }[];
  };
  const [email] = subscribers;
  return { depth: email?.depth, inFlight: email?.inFlight, dlq: email?.dlqDepth };
}

function program(name: string, text: string, mode = 0o755): string {
  const file = join(pubsub.env.HOME ?? '', name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const listen = (flags: readonly string[], exec: string, ...more: string[]) =>
  pubsub.run(['listen', 'email', '--exec', exec, ...more, ...flags]);

describe('a program that can not be run', () => {
  it.each([
    ['Windows line endings', '#!/bin/bash\r\nexit 0\r\n', 'has Windows line endings', "sed -i 's/"],
    [
      'Windows line endings behind env',
      '#!/usr/bin/env bash\r\n',
      'Windows line endings',
      'sed -i',
    ],
    ['a byte order mark', '\ufeff#!/bin/sh\nexit 0\n', 'byte order mark', 'sed -i'],
    [
      'an unknown interpreter',
      '#!/opt/no/such\n',
      'asks for the interpreter /opt/no/such',
      'Install',
    ],
    [
      'an unknown program behind env',
      '#!/usr/bin/env -S nosuch -u\n',
      'interpreter nosuch',
      'Install',
    ],
  ])('is refused before the first message: %s', async (_, text, words, cure) => {
    const file = program('bad', text);
    const { code, stderr } = await listen(['--endpoint-url', endpoint.url], file);
    expect(stderr).toContain(words);
    expect(stderr).toContain(cure);
    expect(code).toBe(2);
  });

  it('is refused without the right to run it, as a folder, and without its script', async () => {
    const file = program('plain', '#!/bin/sh\n', 0o644);
    const flags = ['--endpoint-url', endpoint.url];
    for (const [exec, words] of [
      [file, 'may not be executed'],
      [pubsub.env.HOME ?? '', 'is not a program'],
      ['python3 nosuch.py', 'nosuch.py'],
      ['./nosuch', 'There is no file'],
    ] as const) {
      const { code, stderr } = await listen(flags, exec);
      expect(stderr).toContain(words);
      expect(code).toBe(2);
    }
  });

  it.each([
    ['removed', 'rm -f "$0"'],
    ['made unexecutable', 'chmod -x "$0"'],
    [
      'given Windows line endings',
      `printf '#!/bin/sh\\r\\n' > "$0.new"; chmod +x "$0.new"; mv "$0.new" "$0"`,
    ],
  ])('ends the run where it is %s, and gives the messages back', async (_, change) => {
    const flags = await withEvents(5);
    const file = program('gone', `#!/bin/sh\n${change}\nexit 0\n`);
    const { code, stderr } = await listen(flags, file, '--concurrency', '1');
    expect(stderr).toContain(file);
    expect(stderr).toContain('The events were given back.');
    expect(code).toBe(1);
    expect(await depthOf(flags)).toEqual({ depth: 4, inFlight: 0, dlq: 0 });
  });

  it('ends the run where the script of its interpreter is gone', async () => {
    const flags = await withEvents(3);
    const file = program('gone.sh', 'rm -f "$0"\n');
    const { code, stderr } = await listen(flags, `sh ${file}`, '--concurrency', '1');
    expect(stderr).toContain(`The file ${file} is gone.`);
    expect(code).toBe(1);
    expect(await depthOf(flags)).toEqual({ depth: 2, inFlight: 0, dlq: 0 });
  });

  it.each(['each', 'stream'])('ends the run where its shell finds nothing: %s', async (mode) => {
    const flags = await withEvents(3);
    const words = ['--shell', '--exec-mode', mode, '--json'];
    const { code, stdout } = await listen(flags, 'nosuchprogram', ...words);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      {
        error: expect.objectContaining({
          code: 'HandlerGone',
          message: expect.stringContaining('exit code 127'),
        }),
      },
    ]);
    expect(code).toBe(1);
    expect(await depthOf(flags)).toEqual({ depth: 3, inFlight: 0, dlq: 0 });
  });

  it('runs for an event with a NUL in its id, and is not given that', async () => {
    const flags = await withEvents(0);
    const file = join(pubsub.env.HOME ?? '', 'nul.jsonl');
    writeFileSync(
      file,
      '{"event_id":"a\\u0000b","event_type":"order.created","order_id":1,"user_id":1,"total":1}\n',
    );
    await pubsub.run(['publish', '--file', file, ...flags]);
    const { stdout, code } = await listen(
      flags,
      'echo "[$PUBSUB_EVENT_ID]"',
      '--shell',
      '--max',
      '1',
    );
    expect(stdout).toContain('│ []\n');
    expect(code).toBe(0);
  });

  it('is an event of its own that fails where only that is at fault', async () => {
    const flags = await withEvents(2);
    const words = ['--max', '2', '--retry-delay', '0', '--shell', '--json'];
    const { stdout } = await listen(
      flags,
      '[ "$PUBSUB_ORDER_ID" = 1 ] && exit 3; exit 0',
      ...words,
    );
    expect(stdout).toContain('exit code 3');
    expect(stdout).toContain('"outcome":"handled"');
  });
});

describe('the output of a program', () => {
  it('is cut where a line has no end, and takes no memory', async () => {
    const flags = await withEvents(1);
    const run = pubsub.spawn([
      ...['listen', 'email', '--max', '1', '--exec', 'head -c 300M /dev/zero', ...flags],
    ]);
    const peak = highestMemory(run.child.pid ?? 0);
    const { code, stdout } = await run.finished;
    expect(code).toBe(0);
    expect(stdout).toContain('… (cut after 65,536 characters)');
    expect(peak()).toBeLessThan(250_000);
  });

  it('waits in its pipe while nobody reads', async () => {
    const flags = await withEvents(1);
    const words = ['--max', '1', '--exec', "sh -c 'yes | head -c 50M'", ...flags];
    const run = pubsub.spawn(['listen', 'email', ...words]);
    const peak = highestMemory(run.child.pid ?? 0);
    run.child.stdout?.once('data', () => run.child.stdout?.pause());
    await run.waitFor('│ y');
    await vi.waitFor(() => expect(childrenWait(run.child.pid ?? 0)).toBe(true), patient);
    expect(peak()).toBeLessThan(250_000);
    run.child.kill('SIGKILL');
  });

  it('comes without its carriage returns, and with its control characters written out', async () => {
    const flags = await withEvents(1);
    const { stdout } = await listen(
      flags,
      "printf 'a\\r\\n\\033[31mb\\n'",
      '--shell',
      '--max',
      '1',
    );
    expect(stdout).toContain('│ a\n');
    expect(stdout).toContain('│ \\u{1b}[31mb\n');
  });
});

describe.skipIf(!existsSync('/proc/self/environ'))('what a program has started', () => {
  it('ends with it at its time limit, also what called setsid', async () => {
    const flags = await withEvents(1);
    const file = join(pubsub.env.HOME ?? '', 'pids');
    const stray = `echo $$ >> ${file}; trap : TERM; sleep 1000; sleep 1000`;
    const deaf = program('stray.sh', `#!/bin/sh\n${stray}\n`);
    const words = ['--shell', '--timeout', '1', '--max', '1'];
    await listen(flags, `setsid ${deaf} & env -i setsid ${deaf} & setsid ${deaf} & wait`, ...words);
    const pids = readFileSync(file, 'utf8').trim().split('\n').map(Number);
    expect(pids).toHaveLength(3);
    // They were killed by then, and go as soon as the machine lets them.
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  it('ends with a second Ctrl-C', async () => {
    const flags = await withEvents(1);
    const file = join(pubsub.env.HOME ?? '', 'pids-2');
    const words = [
      '--shell',
      '--exec',
      `setsid sh -c 'echo $$ > ${file}; sleep 1000' & sleep 1000`,
    ];
    const run = pubsub.spawn(['listen', 'email', ...words, ...flags]);
    await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toMatch(/\d+\n/), patient);
    run.kill('SIGINT');
    await run.waitFor('Stopping');
    run.kill('SIGINT');
    expect((await run.finished).code).toBe(130);
    // It was killed by then, and goes as soon as the machine lets it.
    await expect.poll(() => isAlive(Number(readFileSync(file, 'utf8')))).toBe(false);
  });
});

it('runs many programs at once without a warning of Node', async () => {
  const flags = await withEvents(30);
  const words = ['--max', '30', '--concurrency', '30'];
  const { stderr, code } = await listen(flags, 'sleep 0.2', ...words);
  expect(stderr).not.toContain('Warning');
  expect(code).toBe(0);
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The highest resident memory of a process so far, in kB. */
function highestMemory(pid: number): () => number {
  let peak = 0;
  const look = (): void => {
    try {
      const [, kb = '0'] =
        /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      peak = Math.max(peak, Number(kb));
    } catch {
      clearInterval(timer);
    }
  };
  const timer = setInterval(look, 50);
  return () => peak;
}

/** Whether the `yes` below a process waits for its pipe. */
function childrenWait(pid: number): boolean {
  const below = (parent: number): number[] => {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8');
    return children
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
      .flatMap((child) => [child, ...below(child)]);
  };
  return below(pid).some(
    (child) =>
      readFileSync(`/proc/${child}/wchan`, 'utf8').includes('pipe') || stateOf(child) === 'S',
  );
}

function stateOf(pid: number): string | undefined {
  return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}
