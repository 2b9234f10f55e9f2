import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestOptions, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  Environments,
  EnvironmentsClosed,
} from '../../../../src/lib/engine/services/lambda/invoke/environments.ts';
import { logStreamWriter } from '../../../../src/lib/engine/services/lambda/invoke/log-stream.ts';
import {
  type Environment,
  startEnvironment,
} from '../../../../src/lib/engine/services/lambda/runtime/environment.ts';

const BOOTSTRAPS = join(
  import.meta.dirname,
  '../../../../src/lib/engine/services/lambda/bootstraps',
);
const NODE = [process.execPath, join(BOOTSTRAPS, 'node.mjs')] as const;
const PYTHON = ['python3', join(BOOTSTRAPS, 'python.py')] as const;
const hasPython = spawnSync('python3', ['--version']).status === 0;
const hasCurl = spawnSync('curl', ['--version']).status === 0;

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const each of cleanUps.splice(0).reverse()) await each();
});

interface Started {
  readonly environment: Environment;
  readonly lines: string[];
  readonly address: () => string;
}

/** Starts an environment with one file of code. */
async function start(
  command: readonly [string, ...string[]],
  [name, code]: readonly [string, string],
  handler: string,
  env: Record<string, string> = {},
  initTimeoutMs?: number,
): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-function-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, name), code, { mode: 0o755 });
  const lines: string[] = [];
  const environment = await startEnvironment({
    command: command[0] === './bootstrap' ? [join(folder, 'bootstrap')] : command,
    folder,
    env: {
      PATH: process.env.PATH ?? '',
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: handler,
      AWS_LAMBDA_FUNCTION_NAME: 'OrderProcessor',
      ...env,
    },
    onLine: (line) => lines.push(line),
    ...(initTimeoutMs === undefined ? {} : { initTimeoutMs }),
  });
  cleanUps.push(() => environment.stop());
  const address = () => lines.find((line) => line.includes('API='))?.replace(/^.*API=/, '') ?? '';
  return { environment, lines, address };
}

let invocations = 0;
async function invoke(environment: Environment, event: unknown, timeoutMs = 20_000) {
  const result = await environment.invoke(
    {
      requestId: `request-${++invocations}`,
      payload: JSON.stringify(event),
      deadline: Date.now() + timeoutMs,
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:OrderProcessor',
    },
    timeoutMs,
  );
  if (result === undefined) throw new Error('the event was not taken');
  return result;
}

describe('an execution environment', () => {
  it.each([
    ['ES module', 'index.mjs', 'export const handler = async (event) => ({ got: event.n });'],
    ['CommonJS', 'index.js', 'exports.handler = async (event) => ({ got: event.n });'],
    ['callback', 'index.cjs', 'exports.handler = (e, c, done) => done(null, { got: e.n });'],
  ])('runs a Node.js handler: %s, one invocation after the other', async (_kind, name, code) => {
    const { environment } = await start(NODE, [name, code], 'index.handler', {
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    });
    expect(await environment.started).toBeUndefined();
    for (const n of [1, 2]) {
      expect(await invoke(environment, { n })).toEqual({ ok: true, payload: `{"got":${n}}` });
    }
    expect(environment.memoryMb()).toBeGreaterThan(10);
    expect(environment.initMs).toBeGreaterThan(1);
  });

  it.skipIf(!hasPython)('runs a Python handler, and tells what it raised', async () => {
    const code = [
      'def handler(event, context):',
      "    print('working on', event['n'])",
      "    if event['n'] == 2: raise ValueError('no two')",
      "    return {'name': context.function_name, 'left': context.get_remaining_time_in_millis() > 0}",
    ].join('\n');
    const { environment, lines } = await start(PYTHON, ['index.py', code], 'index.handler');
    expect(await environment.started).toBeUndefined();
    const first = await invoke(environment, { n: 1 });
    expect(JSON.parse(first.payload)).toEqual({ name: 'OrderProcessor', left: true });
    const second = await invoke(environment, { n: 2 });
    expect(second).toMatchObject({ ok: false, alive: true });
    expect(JSON.parse(second.payload)).toMatchObject({
      errorType: 'ValueError',
      errorMessage: 'no two',
    });
    expect(lines).toContain('working on 1');
    expect(environment.alive).toBe(true);
  });

  it.skipIf(!hasCurl)(
    "runs any program that speaks the Runtime API, such as a shell's",
    async () => {
      const code = `#!/bin/sh
while true; do
  HEADERS="$(mktemp)"
  EVENT=$(curl -sS -LD "$HEADERS" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next")
  ID=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)
  rm "$HEADERS"
  curl -sS -X POST "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$ID/response" -d "{\\"echo\\":$EVENT}" > /dev/null
done
`;
      const { environment } = await start(['./bootstrap'], ['bootstrap', code], 'any');
      expect(await environment.started).toBeUndefined();
      expect(await invoke(environment, { n: 7 })).toEqual({
        ok: true,
        payload: '{"echo":{"n":7}}',
      });
    },
  );

  it.each([
    ['nothing.handler', 'export const handler = 1;', 'Runtime.ImportModuleError'],
    ['index.missing', 'export const handler = () => 1;', 'Runtime.HandlerNotFound'],
    ['index', 'export const handler = () => 1;', 'Runtime.MalformedHandlerName'],
    ['index.handler', 'export const handler = (', 'Runtime.UserCodeSyntaxError'],
    ['index.handler', "import 'no-such-package';", 'Runtime.ImportModuleError'],
    ['index.handler', "throw new TypeError('at the top');", 'TypeError'],
    ['index.handler', 'process.exit(3);', 'Runtime.ExitError'],
  ])('says why a handler could not be started: %s of %j', async (handler, code, errorType) => {
    const { environment } = await start(NODE, ['index.mjs', code], handler);
    const failed = await environment.started;
    expect(JSON.parse(failed?.payload ?? '{}')).toMatchObject({ errorType });
    expect(environment.alive).toBe(false);
  });

  it.each([
    ['exits', 'process.exit(7)', 'Runtime.ExitError', 'exit status 7'],
    ['is killed', "process.kill(process.pid, 'SIGKILL')", 'Runtime.ExitError', 'signal: killed'],
    [
      'hangs',
      'await new Promise(() => setInterval(() => {}, 1e6))',
      'Sandbox.Timedout',
      'after 0.50 seconds',
    ],
  ])('is thrown away when its handler %s', async (_how, code, errorType, message) => {
    const source = `export const handler = async () => { ${code} };`;
    const { environment } = await start(NODE, ['index.mjs', source], 'index.handler');
    await environment.started;
    const result = await invoke(environment, {}, 500);
    expect(JSON.parse(result.payload)).toEqual({
      errorType,
      errorMessage: expect.stringMatching(
        new RegExp(`^RequestId: request-\\d+ Error: .*${message}`),
      ),
    });
    expect(environment.alive).toBe(false);
  });

  it('writes lines as Lambda does, before the answer is given', async () => {
    const code =
      "export const handler = async () => { console.log('one\\ntwo'); console.error('bad'); };";
    const { environment, lines } = await start(NODE, ['index.mjs', code], 'index.handler');
    await environment.started;
    expect(await invoke(environment, {})).toEqual({ ok: true, payload: 'null' });
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z\trequest-\d+\tINFO\tone\rtwo$/);
    expect(lines[1]).toMatch(/\tERROR\tbad$/);
  });

  it('answers its own process and what that has started, and nobody else', async () => {
    const code = `console.log('API=' + process.env.AWS_LAMBDA_RUNTIME_API);
export const handler = async () => 1;`;
    const { environment, address } = await start(NODE, ['index.mjs', code], 'index.handler');
    await environment.started;
    await expect.poll(address).toMatch(/^127\.0\.0\.1:\d+$/);
    const [host, port] = address().split(':');
    const status = await statusOf({ host, port, path: '/2018-06-01/runtime/invocation/next' });
    expect(status).toBe(process.platform === 'linux' ? 403 : 200);
  });

  it.skipIf(process.platform !== 'linux')(
    'takes no other connection for one of its own process that has its ports',
    async () => {
      const code = `import { connect } from 'node:net';
const port = Number(process.env.AWS_LAMBDA_RUNTIME_API.split(':')[1]);
const open = () => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => resolve(socket.localPort));
});
export const handler = async () => ({ port, own: await Promise.all(Array.from({ length: 12 }, open)) });`;
      const { environment } = await start(NODE, ['index.mjs', code], 'index.handler');
      await environment.started;
      const { port, own } = JSON.parse((await invoke(environment, {})).payload) as {
        readonly port: number;
        readonly own: number[];
      };
      // In which order the system lists two connections with the same ports is chance.
      const statuses = await Promise.all(
        own.map((localPort) =>
          statusOf({ host: '127.0.0.1', port, localAddress: '127.0.0.2', localPort }),
        ),
      );
      expect(statuses).toEqual(own.map(() => 403));
    },
  );

  it('answers whatever socket its process takes, and nothing that a web page can send', async () => {
    const code = `import { request } from 'node:http';
const [, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
export const handler = (event) => new Promise((resolve, reject) => {
  const headers = { Host: 'localhost:' + port, ...event.headers };
  request({ host: event.host, port, path: '/none', headers }, (answer) => {
    answer.resume();
    resolve(answer.statusCode);
  }).on('error', reject).end();
});`;
    const { environment } = await start(NODE, ['index.mjs', code], 'index.handler');
    await environment.started;
    const asked: [event: object, status: number][] = [
      [{ host: '127.0.0.1' }, 404],
      // As runtimes connect whose sockets are all of IPv6, such as Java's.
      [{ host: '::ffff:127.0.0.1' }, 404],
      [{ host: '127.0.0.1', headers: { Origin: 'http://localhost' } }, 403],
      [{ host: '127.0.0.1', headers: { Origin: 'null' } }, 403],
      [{ host: '127.0.0.1', headers: { Host: 'example.test' } }, 403],
      [{ host: '127.0.0.1', headers: { 'Sec-Fetch-Site': 'cross-site' } }, 403],
    ];
    for (const [event, status] of asked) {
      expect([event, (await invoke(environment, event)).payload]).toEqual([event, `${status}`]);
    }
  });

  it('takes as long to start as it may, and no longer', async () => {
    const code = `await new Promise((r) => setTimeout(r, 60_000));
export const handler = async () => 1;`;
    const { environment } = await start(NODE, ['index.mjs', code], 'index.handler', {}, 300);
    expect(await environment.started).toEqual({
      ok: false,
      alive: false,
      payload: '{"errorType":"Sandbox.Timedout","errorMessage":"Init timed out after 0.3 seconds"}',
    });
  });

  it('leaves none of the processes that its handler started', async () => {
    const code = `import { spawn } from 'node:child_process';
export const handler = async () => spawn('sleep', ['1000'], { stdio: 'ignore' }).pid;`;
    const { environment } = await start(NODE, ['index.mjs', code], 'index.handler');
    await environment.started;
    const pid = Number((await invoke(environment, {})).payload);
    await environment.stop();
    await expect.poll(() => alive(pid)).toBe(false);
  });

  it('ends when nobody reads its log any more, as when the engine was killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pubsub-function-'));
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(
      join(folder, 'index.mjs'),
      'setInterval(() => console.log("still here"), 10); export const handler = async () => 1;',
    );
    // A Runtime API that never has an invocation.
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    cleanUps.push(
      () => silent.closeAllConnections(),
      () => void silent.close(),
    );
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const [program, script] = NODE;
    const child = spawn(program, [script], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        LAMBDA_TASK_ROOT: folder,
        _HANDLER: 'index.handler',
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      },
    });
    cleanUps.push(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await ended).toEqual([1, null]);
  });
});

it('environments that start while they are all ended are ended as well, before that is over', async () => {
  const environments = new Environments(2);
  let begin: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let pid = 0;
  const acquired = environments.acquire({
    key: 'f:$LATEST',
    revision: '1',
    keysNeededUntil: 0,
    async start() {
      await gate;
      const code = 'console.log("PID=" + process.pid); export const handler = async () => 1;';
      const { environment, lines } = await start(NODE, ['index.mjs', code], 'index.handler');
      await environment.started;
      await expect.poll(() => lines.join()).toContain('PID=');
      pid = Number(/PID=(\d+)/.exec(lines.join())?.[1]);
      const log = logStreamWriter(
        () => undefined,
        () => 0,
      );
      const restart = () => Promise.resolve(environment);
      return { environment, log, keysUntil: 1, used: false, restart };
    },
  });
  const refused = expect(acquired).rejects.toBeInstanceOf(EnvironmentsClosed);
  let isOver = false;
  const closing = environments.close().then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  begin();
  await refused;
  await closing;
  expect(pid).toBeGreaterThan(0);
  expect(alive(pid)).toBe(false);
});

function statusOf(options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
