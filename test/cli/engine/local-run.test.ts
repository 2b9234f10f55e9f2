import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();
afterEach(async () => {
  await pubsub.run(['local', 'stop']);
});

async function start(...flags: string[]): Promise<{ endpoint: string; pid: number }> {
  const { doc } = await pubsub.json(['local', 'start', '--port', '0', ...flags]);
  return doc;
}

async function ask(endpoint: string, query: string): Promise<string> {
  return (await fetch(`${endpoint}/?${query}`)).text();
}

describe('local run', () => {
  it('logs on stdout, is found by other commands, and ends in order', async () => {
    const running = pubsub.spawn(['local', 'run', '--port', '0', '--init', 'ready.sh'], {
      env: { SERVICES: 'sqs,lambda,s3', PERSISTENCE: '1' },
      cwd: pubsub.env.HOME,
    });
    await writeFile(
      join(pubsub.env.HOME ?? '', 'ready.sh'),
      '#!/bin/sh\necho "at $AWS_ENDPOINT_URL"\n',
      { mode: 0o755 },
    );
    await running.waitFor('initialized');
    const { code, doc } = await pubsub.json(['local', 'status']);
    expect({ code, doc }).toMatchObject({
      code: 0,
      doc: { running: true, pid: running.child.pid },
    });
    await running.waitFor(`at ${(doc as { endpoint: string }).endpoint}`);
    const second = await pubsub.run(['local', 'run', '--port', '0']);
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toContain('runs already on');

    running.kill('SIGTERM');
    const finished = await running.finished;
    expect(finished.code).toBe(0);
    const lines = finished.stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).message)).toEqual([
      'started',
      'initialized',
      'stopping',
      'stopped',
    ]);
    expect(finished.stderr).toContain('SERVICES: s3 is not in this engine');
    expect((await pubsub.run(['local', 'status'])).code).toBe(3);
  });

  it('is not healthy before it is made ready', async () => {
    await writeFile(
      join(pubsub.env.HOME ?? '', 'slow.mjs'),
      `import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
while (!existsSync('go')) await setTimeout(20);`,
    );
    const flags = ['--ephemeral', '--port', '0', '--init', 'slow.mjs'];
    const running = pubsub.spawn(['local', 'run', ...flags], { cwd: pubsub.env.HOME });
    await running.waitFor('"started"');
    const { code, doc } = await pubsub.json(['local', 'status']);
    expect({ code, doc }).toMatchObject({ code: 3, doc: { running: true, ready: false } });
    const health = `${(doc as { endpoint: string }).endpoint}/_pubsub/health`;
    // As `wget --spider` asks.
    expect((await fetch(health, { method: 'HEAD' })).status).toBe(503);
    expect((await fetch(health)).status).toBe(503);

    await writeFile(join(pubsub.env.HOME ?? '', 'go'), '');
    await running.waitFor('initialized');
    expect((await fetch(health)).status).toBe(200);
    expect((await pubsub.run(['local', 'status'])).code).toBe(0);
    running.kill('SIGTERM');
    await running.finished;
  });

  it('lets others reach it with a token only, or by the word that anyone may', async () => {
    const refused = await pubsub.run(['local', 'run', '--host', '0.0.0.0', '--port', '0']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('it needs a token');

    const { endpoint, pid } = await start('--host', '0.0.0.0', '--token', 's3cret');
    expect((await fetch(`${endpoint}/?Action=ListQueues`)).status).toBe(401);
    const unnamed = await pubsub.run(['local', 'reset', '--yes']);
    expect(unnamed.code).toBe(1);
    expect(unnamed.stderr).toContain(`The local engine at ${endpoint} asks for its token.`);
    const env = { PUBSUB_TOKEN: 's3cret' };
    const { doc } = await pubsub.json(['local', 'env'], { env });
    const { AWS_SESSION_TOKEN: sessionToken = '' } = doc as Record<string, string>;
    const sqs = new SQSClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test', sessionToken },
    });
    await sqs.send(new ListQueuesCommand({}));
    sqs.destroy();
    // The tool's own commands show it too.
    expect((await pubsub.run(['ls'])).code).not.toBe(0);
    expect((await pubsub.run(['setup', '--yes'], { env })).code).toBe(0);
    const published = await pubsub.json(['publish', 'order.created'], { env });
    expect(published.doc).toMatchObject({ messages: [{ reached: 3 }] });
    // OpenTelemetry too, with what leads it there.
    const given = await pubsub.json(['local', 'env', '--traces'], { env });
    const otel = Object.entries<string>(given.doc).filter(([name]) => name.startsWith('OTEL_'));
    const { doc: sent } = await pubsub.json(['publish', 'order.created'], {
      env: { ...env, ...Object.fromEntries(otel) },
    });
    const [{ messageId }] = (sent as { messages: [{ messageId: string }] }).messages;
    const { doc: trace } = await pubsub.json(['trace', messageId], { env });
    const names = (trace as { traces: { spans: { name: string }[] }[] }).traces[0]?.spans;
    expect(names?.[0]?.name).toBe('publish order-events');
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('s3cret');
  });
});

it('an engine in the background keeps no secrets of who started it', async () => {
  const { stdout } = await pubsub.spawn(['local', 'start', '--port', '0', '--json'], {
    env: { AWS_SECRET_ACCESS_KEY: 'hush', GITHUB_TOKEN: 'hush', DATABASE_URL: 'hush', LC_ALL: 'C' },
  }).finished;
  const { pid } = JSON.parse(stdout) as { pid: number };
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
  expect(environment).not.toContain('hush');
  expect(environment).toContain('LC_ALL=C');
});

it.each(['bad host:4566', 'localhost:x', 'localhost:65536', 'http://localhost:4566'])(
  'LOCALSTACK_HOST=%s is refused by its own name',
  async (host) => {
    const env = { LOCALSTACK_HOST: host };
    const { code, stderr } = await pubsub.run(['local', 'start', '--ephemeral'], { env });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('LOCALSTACK_HOST must be a name, with a port or without'),
    });
  },
);

it('LOCALSTACK_HOST may be a port alone', async () => {
  const { stdout } = await pubsub.run(['local', 'start', '--ephemeral', '--json'], {
    env: { LOCALSTACK_HOST: ':0' },
  });
  const { pid, endpoint } = JSON.parse(stdout) as { pid: number; endpoint: string };
  expect({ pid, endpoint }).toEqual({
    pid: expect.any(Number),
    endpoint: expect.stringContaining(':'),
  });
  await pubsub.run(['local', 'stop']);
});

it('local env says the same in every shell', async () => {
  expect((await pubsub.run(['local', 'env'])).code).toBe(1);
  const { endpoint } = await start('--ephemeral');
  const inShell = async (shell: string) =>
    (await pubsub.run(['local', 'env', '--shell', shell])).stdout;

  expect(await inShell('bash')).toContain(`export AWS_ENDPOINT_URL='${endpoint}'\n`);
  expect(await inShell('fish')).toContain(`set -gx AWS_ENDPOINT_URL '${endpoint}'\n`);
  expect(await inShell('powershell')).toContain(`$env:AWS_ENDPOINT_URL = '${endpoint}'\n`);
  expect(await inShell('dotenv')).toContain(`AWS_ENDPOINT_URL=${endpoint}\n`);
  expect(JSON.parse(await inShell('json'))).toMatchObject({ AWS_ENDPOINT_URL: endpoint });
  expect((await pubsub.run(['local', 'env', '--shell', 'csh'])).code).toBe(2);
});

it.each(["it's", 'a b#c"$HOME\\ `id`', "'; exit 9; '"])(
  'local env writes the token %s so that shells read it back',
  async (token) => {
    await start('--ephemeral');
    const inShell = async (shell: string) =>
      (await pubsub.run(['local', 'env', '--shell', shell], { env: { PUBSUB_TOKEN: token } }))
        .stdout;
    const file = join(pubsub.env.HOME ?? '', 'environment');
    const readBack = async (shell: string, command: string, ...args: string[]) => {
      await writeFile(file, await inShell(shell));
      return (await promisify(execFile)(command, args)).stdout;
    };
    const node = ['--env-file', file, '-p', 'process.env.AWS_SESSION_TOKEN'];
    expect(await readBack('dotenv', process.execPath, ...node)).toBe(`${token}\n`);
    const print = `. ${file}; printf %s "$AWS_SESSION_TOKEN"`;
    expect(await readBack('bash', 'sh', '-c', print)).toBe(token);
    if (existsSync('/usr/bin/fish')) {
      expect(await readBack('fish', 'fish', '--no-config', '-c', print)).toBe(token);
    }
    expect(await inShell('powershell')).toContain(`= '${token.replaceAll("'", "''")}'\n`);
  },
);

it('local reset empties an engine while it runs', async () => {
  const { endpoint, pid } = await start();
  await ask(endpoint, 'Action=CreateQueue&QueueName=q');
  const { code, doc } = await pubsub.json(['local', 'reset', '--yes']);

  expect({ code, doc }).toMatchObject({ code: 0, doc: { reset: true } });
  expect(await ask(endpoint, 'Action=ListQueues')).not.toContain('/q<');
  expect((await pubsub.json(['local', 'status'])).doc).toMatchObject({ pid });
});

describe('wait', () => {
  it('ends when the messages are there, and with what is there when its time is up', async () => {
    const { endpoint } = await start('--ephemeral');
    const waiting = pubsub.start(['wait', '--queue', 'q', '--timeout', '60s', '--json']);
    const sqs = new SQSClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    sqs.destroy();
    const path = new URL(QueueUrl ?? '').pathname;
    await fetch(`${endpoint}${path}?Action=SendMessage&MessageBody=%7B%22id%22%3A1%7D`);

    const { code, stdout } = await waiting.finished;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ queue: 'q', messages: [{ event: { id: 1 } }] });
    const late = await pubsub.run(['wait', '--queue', 'q', '--count', '2', '--timeout', '0']);
    expect(late.code).toBe(1);
    expect(late.stderr).toContain('Waited for 2 messages in q: 1 after 0 s.');
    expect((await pubsub.run(['wait'])).code).toBe(2);
    const wrong = await pubsub.run(['wait', '--queue', 'q', '--where', '{']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(
      /^✗ where must be a filter policy: failed to parse JSON\. [^\n]+\n {2}--where/,
    );
    expect(wrong.stderr).not.toContain('[Source');
  });
});

describe('a queue whose policy keeps the topic out', () => {
  const subscribe = async (endpoint: string) => {
    await ask(endpoint, 'Action=CreateTopic&Name=t&Version=2010-03-31');
    await ask(endpoint, 'Action=CreateQueue&QueueName=q');
    const arn = 'arn:aws:sns:us-east-1:000000000000:t';
    const queue = 'arn:aws:sqs:us-east-1:000000000000:q';
    const query = 'Version=2010-03-31&TopicArn=';
    await ask(endpoint, `Action=Subscribe&Protocol=sqs&Endpoint=${queue}&${query}${arn}`);
    for (let count = 0; count < 2; count += 1) {
      await ask(endpoint, `Action=Publish&Message=m&${query}${arn}`);
    }
  };

  it.each([
    ['warn', 'delivered, but not on AWS', '2', 'pubsub doctor --fix'],
    [
      'enforce',
      'not delivered',
      '0',
      'pubsub doctor --fix, or --policies warn to deliver all the same',
    ],
  ])('is named once in the log and on local status: %s', async (policies, words, count, cure) => {
    const { endpoint } = await start('--ephemeral', '--policies', policies);
    await subscribe(endpoint);

    const { stdout } = await pubsub.run(['local', 'logs', '--json']);
    const named = stdout.split('\n').filter((line) => line.includes(`"${words}"`));
    expect(named).toHaveLength(1);
    expect(JSON.parse(named[0] ?? '')).toMatchObject({
      reason: expect.stringContaining('has no policy that allows sns.amazonaws.com to send'),
      cure,
    });
    const wait = await pubsub.run(['wait', '--queue', 'q', '--count', count, '--timeout', '5s']);
    expect(wait.code).toBe(0);
    expect((await pubsub.run(['local', 'status'])).stderr).toContain('has no policy that allows');
  });
});
