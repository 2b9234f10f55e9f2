import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { keepUnreadOutput, unreadOutputs } from '../../../src/lib/config/unread-output.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { type RunningProcess, usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal } from '../../fixtures/terminal.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

/** A topology that is set up, with events in each queue; gives the flags that lead to it. */
async function withEvents(count: number): Promise<string[]> {
  const flags = ['--prefix', uniquePrefix(), '--endpoint-url', endpoint.url];
  await pubsub.run(['setup', ...flags]);
  if (count > 0) await pubsub.run(['publish', 'order.created', '--count', String(count), ...flags]);
  return flags;
}

/** Runs to the end with the reader of stdout gone after its first piece. */
async function readFirstPiece(running: RunningProcess) {
  running.child.stdout?.once('data', () => running.child.stdout?.destroy());
  return running.finished;
}

const NO_SOURCE = /import\{|node:internal|^ {4}at /m;

describe('a reader of the output that goes away', () => {
  it('ends a publish with its account, on stderr', async () => {
    const flags = await withEvents(0);
    const run = pubsub.spawn([
      'publish',
      'order.created',
      '--count',
      '20000',
      '--rate',
      '20',
      ...flags,
    ]);
    const { code, stderr } = await readFirstPiece(run);
    expect(code).toBe(130);
    expect(stderr).toMatch(/Accepted: events 1-\d+/);
    expect(stderr).toMatch(
      /Go on with: pubsub publish order.created --count 20000 .*--only \d+-20000/,
    );
  });

  it('ends a publish with its account in a file where stderr is gone too, and says so next time', async () => {
    const flags = await withEvents(0);
    const run = pubsub.spawn([
      'publish',
      'order.created',
      '--count',
      '20000',
      '--rate',
      '20',
      ...flags,
    ]);
    run.child.stdout?.once('data', () => run.child.stderr?.destroy());
    const { code } = await readFirstPiece(run);
    expect(code).toBe(130);
    const folder = join(pubsub.env.XDG_STATE_HOME ?? '', 'pubsub/unread');
    const [name = ''] = readdirSync(folder);
    expect(readFileSync(join(folder, name), 'utf8')).toMatch(
      /Accepted: events 1-\d+[\s\S]*Go on with: /,
    );
    const next = await pubsub.run(['publish', 'order.created', ...flags]);
    expect(next.stderr).toContain(join(folder, name));
    rmSync(folder, { recursive: true });
  });

  it('lets a listener finish what its programs have begun, and gives back the rest', async () => {
    const flags = await withEvents(12);
    const handled = join(pubsub.env.HOME ?? '', 'handled');
    writeFileSync(handled, '');
    const script = `sleep 0.5; echo "$PUBSUB_ORDER_ID"; echo "$PUBSUB_ORDER_ID" >> ${handled}`;
    const words = ['listen', 'email', '--exec', script, '--shell', '--concurrency', '2'];
    const { code, stderr } = await readFirstPiece(pubsub.spawn([...words, ...flags]));
    expect(code).toBe(1);
    const done = readFileSync(handled, 'utf8').trim().split('\n');
    // What was begun is finished and deleted. What was received besides, if anything, is back: nothing stays in flight.
    expect(stderr).toContain(`${done.length} handled, ${done.length} deleted`);
    const status = await pubsub.json(['status', ...flags]);
    const { subscribers } = status.doc as { subscribers: { depth: number; inFlight: number }[] };
    expect(subscribers[0]).toMatchObject({ depth: 12 - done.length, inFlight: 0 });
  });

  it('ends a tap without leaving its queue behind, and the demo without its own', async () => {
    const flags = await withEvents(0);
    const tap = pubsub.spawn(['tap', ...flags]);
    await tap.waitFor('Watching');
    const ended = readFirstPiece(tap);
    await vi.waitUntil(
      async () => {
        await pubsub.run(['publish', 'order.created', ...flags]);
        return tap.child.exitCode !== null;
      },
      { timeout: 60_000 },
    );
    expect((await ended).code).toBe(0);
    const prefix = uniquePrefix();
    const demo = await readFirstPiece(
      pubsub.spawn(['demo', '--pace', 'fast', '--prefix', prefix, '--endpoint-url', endpoint.url]),
    );
    expect(demo.code).toBe(130);
    const { QueueUrls = [] } = await endpoint.aws.sqs.send(new ListQueuesCommand({}));
    expect(QueueUrls.filter((url) => /tap|demo/.test(url) || url.includes(prefix))).toEqual([]);
  });

  it('is no failure of a command that has said all', async () => {
    const run = pubsub.spawn(['completion', 'bash']);
    run.child.stdout?.destroy();
    expect((await run.finished).code).toBe(0);
  });
});

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  it.each([
    [['--version'], 1],
    [['--help'], 1],
    [['use', '--json'], 1],
    [['publish', 'order.created', '--count', '20000', '--rate', '20'], 130],
    [['setup'], 130],
  ] as const)('behind stdout ends %j with a sentence', async (words, expected) => {
    const flags = words[0] === 'publish' ? await withEvents(0) : ['--endpoint-url', endpoint.url];
    const args = words[0].startsWith('--') ? words : [...words, ...flags];
    const { code, stderr } = await pubsub.spawn(args, { stdout: '/dev/full' }).finished;
    expect(stderr).toContain('Not everything could be written to stdout: ENOSPC');
    expect(stderr).not.toMatch(NO_SOURCE);
    expect(code).toBe(expected);
  });

  it('behind both keeps the exit code', async () => {
    const full = { stdout: '/dev/full', stderr: '/dev/full' };
    const { code } = await pubsub.spawn(['status', '--endpoint-url', endpoint.url], full).finished;
    expect(code).not.toBe(0);
  });

  it('behind stdout stops a listener after what it has in hand', async () => {
    const flags = await withEvents(3);
    const { code, stderr } = await pubsub.spawn(['listen', 'email', ...flags], {
      stdout: '/dev/full',
    }).finished;
    expect(code).toBe(1);
    expect(stderr).toMatch(/\d+ handled, \d+ deleted.* \(stopped\)/);
    expect(stderr).not.toMatch(NO_SOURCE);
  });
});

describe('signals', () => {
  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    '%s ends a listener in order',
    async (signal) => {
      const flags = await withEvents(0);
      const run = pubsub.spawn(['listen', 'all', ...flags]);
      await run.waitFor('Ctrl-C stops.');
      run.child.kill(signal);
      const { code, stderr } = await run.finished;
      expect(code).toBe(0);
      expect(stderr).toContain('(stopped)');
    },
  );

  it('leaves SIGHUP to nohup', async () => {
    const flags = await withEvents(0);
    const run = pubsub.spawn(['listen', 'all', ...flags], { env: { _: '/usr/bin/nohup' } });
    await run.waitFor('Ctrl-C stops.');
    run.child.kill('SIGHUP');
    await pubsub.run(['publish', 'order.created', ...flags]);
    await run.waitFor('Tracking analytics event');
    run.kill('SIGTERM');
    expect((await run.finished).code).toBe(0);
  });

  it('writes the account of a publish down when its window is closed', async () => {
    const flags = await withEvents(0);
    const words = ['publish', 'order.created', '--count', '100000', '--rate', '500', ...flags];
    const terminal = openTerminal(words, pubsub.env);
    await terminal.waitFor('→ order.created');
    terminal.kill('SIGHUP');
    expect(await terminal.exited).toBe(130);
    expect(terminal.output()).toContain('Go on with:');
  });
});

describe('the working folder', () => {
  it('is named where it was deleted', async () => {
    const folder = join(pubsub.env.HOME ?? '', 'gone');
    mkdirSync(folder);
    const script = `rmdir ${folder}; exec ${process.execPath} ${join(import.meta.dirname, '../../../bin/pubsub.js')} "$@"`;
    const { execFile } = await import('node:child_process');
    const run = (args: readonly string[]) =>
      new Promise<{ code: unknown; stderr: string; stdout: string }>((resolve) => {
        mkdirSync(folder, { recursive: true });
        const options = { cwd: folder, env: pubsub.env };
        execFile('sh', ['-c', script, 'sh', ...args], options, (error, stdout, stderr) =>
          resolve({ code: error?.code ?? 0, stdout, stderr }),
        );
      });
    const status = await run(['status']);
    expect(status.code).toBe(2);
    expect(status.stderr).toContain('The working folder does not exist any more.');
    expect(status.stderr).not.toMatch(NO_SOURCE);
    expect(await run(['--help'])).toMatchObject({ code: 0, stderr: '' });
  });
});

it('keeps the command line without its tokens and passwords', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-unread-'));
  try {
    const argv = ['serve', '--token', 'geheim1', '--port', '0', '--token=geheim2'];
    const urls = [
      '--database-url',
      'postgres://u:geheim3@h/d',
      '--endpoint-url',
      'http://u:geheim4@h',
    ];
    const own = ['--forward-secret=geheim5\ngeheim6', '--total', '29.99'];
    keepUnreadOutput({ XDG_STATE_HOME: folder }, [...argv, ...urls, ...own], '✗ No.\n');
    const [path = ''] = unreadOutputs(join(folder, 'pubsub'), 'serve');
    expect(readFileSync(path, 'utf8').split(' pubsub ')[1]).toBe(
      'serve --token … --port 0 --token=… --database-url … --endpoint-url http://u:…@h --forward-secret=… --total 29.99\n✗ No.\n',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
