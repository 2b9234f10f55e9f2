import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal, plain } from '../../fixtures/terminal.ts';

const pubsub = usePubsub();

interface Status {
  running: boolean;
  pid: number | null;
  endpoint: string | null;
  stateDir: string;
  ephemeral: boolean | null;
}
const status = async (): Promise<Status> => (await pubsub.json(['local', 'status'])).doc;

it('starts once, is found by other commands, and stops', async () => {
  expect(await status()).toMatchObject({ running: false, pid: null, endpoint: null });

  const started = await pubsub.json(['local', 'start', '--port', '0']);
  expect(started.doc).toMatchObject({ running: true, ephemeral: false });
  const again = await pubsub.json(['local', 'start']);
  expect(again.doc).toEqual(started.doc);

  const { stdout } = await pubsub.run(['whoami', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    target: 'local',
    account: '000000000000',
    endpoint: (await status()).endpoint,
  });

  const other = await pubsub.run(['local', 'start', '--ephemeral']);
  expect(other.code).toBe(1);
  expect(other.stderr).toContain('pubsub local stop');

  expect((await pubsub.run(['local', 'stop'])).stdout).toContain('Stopped');
  expect((await status()).running).toBe(false);
  const idle = await pubsub.run(['local', 'stop']);
  expect(idle.stdout).toContain('nothing to stop');
  expect(idle.code).toBe(0);
});

it('shows callers as the IAM user or role that --identity names', async () => {
  const alice = 'arn:aws:iam::123456789012:user/alice';
  const bad = await pubsub.run(['local', 'start', '--port', '0', '--identity', 'alice']);
  expect(bad.code).toBe(2);
  expect(bad.stderr).toContain('--identity arn:aws:iam::123456789012:user/alice');

  await pubsub.json(['local', 'start', '--port', '0', '--identity', alice]);
  const { stdout } = await pubsub.run(['whoami', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ account: '123456789012', arn: alice });
  await pubsub.run(['local', 'stop']);
});

it('survives the pid file of an engine that was killed', async () => {
  const { doc } = await pubsub.json(['local', 'start', '--port', '0']);
  process.kill((doc as Status).pid ?? 0, 'SIGKILL');
  await expect.poll(async () => (await status()).running).toBe(false);
  expect((await pubsub.run(['local', 'start', '--port', '0'])).code).toBe(0);
  await pubsub.run(['local', 'stop']);
});

it('never runs two engines on one state, however many start at once', async () => {
  const starts = await Promise.all(
    Array.from({ length: 4 }, () => pubsub.json(['local', 'start', '--port', '0'])),
  );
  const pids = new Set(starts.map(({ doc }) => (doc as Status).pid));
  expect(pids.size).toBe(1);
  await pubsub.run(['local', 'stop']);
});

it('says who has the port, and how to go round', async () => {
  const server = createServer((_, response) => response.end('me'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { stderr, code } = await pubsub.run(['local', 'start', '--port', String(port)]);
  server.close();
  expect(code).toBe(1);
  expect(stderr).toContain(String(port));
  expect(stderr).toContain('pubsub local start --port 0');
});

it.each(['start', 'run'])('%s says which address the machine does not have', async (name) => {
  // TEST-NET-1 of RFC 5737.
  const flags = ['--host', '192.0.2.1', '--port', '0', '--token', 'secret', '--ephemeral'];
  const { stderr, code } = await pubsub.run(['local', name, ...flags]);
  expect(stderr).toContain(
    "✗ The engine can't listen on 192.0.2.1, port 0: this machine has no such address.",
  );
  expect(code).toBe(1);
});

it.each([
  [['start', '--port', '70000'], '--port'],
  [['start', '--port', 'x'], '--port'],
  [['start', '--faults', 'thunder=5%'], 'thunder'],
  [['start', '--faults', 'throttle=500%'], '100%'],
  [['start', '--seed', '-1'], '--seed'],
  [['start', '--token', 'secret'], '--host 0.0.0.0'],
  [['start', '--token', 'secret', '--host', '127.0.0.2'], '--host 0.0.0.0'],
  [['start', '--token', 'secret', '--host', '0.0.0.0', '--allow-anyone'], 'contradict'],
  [['logs', '--lines', 'many'], '--lines'],
  [['strat'], 'start'],
])('refuses %j', async (args, words) => {
  const { stderr, code } = await runMain(['local', ...args], pubsub.env);
  expect(stderr).toContain(words);
  expect(code).toBe(2);
  expect((await status()).running).toBe(false);
});

it('shows its log, and follows each message until Ctrl-C, or says that the engine has ended', async () => {
  await pubsub.run(['local', 'start', '--port', '0']);
  expect((await pubsub.run(['local', 'logs'])).stdout).toContain('started');
  const following = pubsub.start(['local', 'logs', '--follow', '--lines', '0', '--json']);
  const left = pubsub.start(['local', 'logs', '--follow', '--lines', '0', '--json']);
  // Published until it shows: the follower may not listen yet when the first one goes.
  await pubsub.run(['setup']);
  await expect
    .poll(
      async () => {
        await pubsub.run(['publish', 'order.created', '--no-input']);
        return [following, left].every((run) => run.stdout().includes('"kind":"published"'));
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  following.kill('SIGINT');
  expect((await following.finished).code).toBe(0);
  await pubsub.run(['local', 'stop']);
  expect(await left.finished).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/! The engine \(pid \d+\) has ended\.\n$/),
  });
});

it('asks again after Ctrl-Z and fg', async () => {
  await pubsub.run(['local', 'start', '--port', '0']);
  const terminal = openTerminal(['local', 'reset'], pubsub.env);
  await terminal.waitFor('Delete all topics, queues and messages');
  terminal.type('\x1a');
  // When it has read the Ctrl-Z can't be seen from outside: what shells do at `fg` is done until it takes the answer.
  await vi.waitUntil(
    () => {
      terminal.kill('SIGCONT');
      terminal.type('n\r');
      return terminal.output().includes('Nothing was deleted.');
    },
    { timeout: 60_000, interval: 200 },
  );
  expect(await terminal.exited).toBe(1);
  expect(plain(terminal.output()).split('Delete all topics').length).toBeGreaterThan(2);
  await pubsub.run(['local', 'stop']);
});

it('throws the state away only when told, while an engine runs too', async () => {
  await pubsub.run(['local', 'start', '--port', '0']);
  await pubsub.run(['setup']);
  const whileRunning = await pubsub.json(['local', 'reset', '--yes']);
  expect(whileRunning).toMatchObject({ code: 0, doc: { reset: true } });
  await pubsub.run(['setup']);
  await pubsub.run(['local', 'stop']);

  const unasked = await pubsub.run(['local', 'reset']);
  expect(unasked.code).toBe(2);
  expect(unasked.stderr).toContain('--yes');
  const declined = openTerminal(['local', 'reset'], pubsub.env);
  await declined.waitFor('Delete all topics, queues and messages');
  declined.type('n\r');
  expect(await declined.exited).toBe(1);
  expect(await exists()).toBe(true);

  expect((await pubsub.json(['local', 'reset', '--yes'])).doc).toMatchObject({ reset: true });
  expect(await exists()).toBe(false);
});

async function exists(): Promise<boolean> {
  const { doc } = await pubsub.json(['status']);
  await pubsub.run(['local', 'stop']);
  return (doc as { topic: { exists: boolean } }).topic.exists;
}
