import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import {
  CreateEventSourceMappingCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  type FunctionEngine,
  functionEngine,
  type Invoked,
  temporaryFolder,
  zip,
} from '../../../fixtures/functions.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const hasCurl = spawnSync('curl', ['--version']).status === 0;

let engine: FunctionEngine;
let names = 0;
let name: string;
const cleanUps: (() => void)[] = [];
beforeAll(async () => {
  engine = await functionEngine();
});
afterAll(() => engine.stop());
afterEach(() => {
  for (const each of cleanUps.splice(0)) each();
});

type Settings = Partial<CreateFunctionCommandInput>;

/** Makes a function of one text. */
async function node(code: string, settings: Settings = {}): Promise<void> {
  names += 1;
  name = `handler-${names}`;
  await engine.create(name, code, settings);
}

async function files(content: Parameters<typeof zip>[0], settings: Settings = {}): Promise<void> {
  await node('', { Code: { ZipFile: await zip(content) }, ...settings });
}

const PYTHON: Settings = { Runtime: 'python3.13' };
const NODE_24: Settings = { Runtime: 'nodejs24.x' };

/** Invokes the function that was made last. */
const invoke = (event: unknown = {}): Promise<Invoked> => engine.invoke(name, event);

describe('a handler in Node.js', () => {
  it('gets what the context has, its role, its variables and a folder to write to', async () => {
    await node(
      `import { writeFileSync, readFileSync, existsSync } from 'node:fs';
export const handler = async (event, context) => {
  writeFileSync('/tmp/' + context.awsRequestId, 'x');
  const { AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN, LAMBDA_TASK_ROOT, AWS_EXECUTION_ENV, OWN } = process.env;
  return {
    left: context.getRemainingTimeInMillis(),
    own: OWN, runtime: AWS_EXECUTION_ENV, hasKeys: Boolean(AWS_ACCESS_KEY_ID && AWS_SESSION_TOKEN),
    isRoot: existsSync(LAMBDA_TASK_ROOT + '/index.mjs'), cwd: process.cwd() === LAMBDA_TASK_ROOT,
    written: readFileSync('/tmp/' + context.awsRequestId, 'utf8'),
    ...JSON.parse(JSON.stringify(context)),
  };
};`,
      { Timeout: 900, MemorySize: 256, Environment: { Variables: { OWN: 'näh "x" $y' } } },
    );
    const { answer } = await invoke();
    expect(answer).toMatchObject({
      own: 'näh "x" $y',
      runtime: 'AWS_Lambda_nodejs22.x',
      hasKeys: true,
      isRoot: true,
      cwd: true,
      written: 'x',
      functionName: name,
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      invokedFunctionArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`,
      logGroupName: `/aws/lambda/${name}`,
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      callbackWaitsForEmptyEventLoop: true,
    });
    const { left } = answer as { left: number };
    expect(left).toBeGreaterThan(880_000);
    expect(left).toBeLessThanOrEqual(900_000);
  });

  it.each([
    [
      'calls back, and is done when nothing is left to do',
      `let done = 0;
exports.handler = (event, context, callback) => {
  setTimeout(() => { done = 1; }, 60); callback(null, { get done() { return done; } });
};`,
      {},
      { done: 1 },
    ],
    [
      'calls back, and waits for nothing',
      `let done = 0;
exports.handler = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  setInterval(() => { done = 1; }, 60_000); callback(null, { done });
};`,
      {},
      { done: 0 },
    ],
    [
      'calls back twice',
      'exports.handler = (e, c, callback) => { callback(null, 1); callback(null, 2); };',
      {},
      1,
    ],
    ['says done', 'exports.handler = (event, context) => { context.done(null, 4); };', {}, 4],
    [
      'keeps its event loop busy after it has returned a promise',
      'exports.handler = async () => { setInterval(() => {}, 60_000); return 3; };',
      {},
      3,
    ],
    ['only returns, before Node.js 24', 'exports.handler = () => 5;', {}, null],
    ['only returns, from Node.js 24 on', 'exports.handler = () => 5;', NODE_24, 5],
    ['returns nothing', 'exports.handler = async () => {};', {}, null],
    ['returns a thenable', 'exports.handler = () => ({ then: (ok) => ok(6) });', {}, 6],
    [
      'is of a class, and nested',
      'class A { static run = async () => 7; } exports.deep = { A };',
      { Handler: 'index.deep.A.run' },
      7,
    ],
  ] as const)('%s', async (_what, code, settings, answer) => {
    await files({ 'index.js': code }, settings);
    expect(await invoke()).toMatchObject({ error: undefined, answer });
    expect(await invoke()).toMatchObject({ error: undefined });
  });

  it.each([
    ['nested folders', { 'src/a/index.mjs': ECHO() }, { Handler: 'src/a/index.handler' }],
    [
      'a package.json that says module',
      { 'index.js': ECHO(), 'package.json': '{"type":"module"}' },
      {},
    ],
    [
      'a folder with an index',
      { 'orders/index.js': 'exports.handler = async (e) => e;' },
      {
        Handler: 'orders.handler',
      },
    ],
    [
      'top-level await, and a default export',
      {
        'index.mjs': `const n = await new Promise((r) => setTimeout(r, 20, 1));
export default { handler: async (e) => ({ ...e, n }) };`,
      },
      {},
    ],
  ] as const)('is found in %s', async (_where, content, settings) => {
    await files(content, settings);
    expect((await invoke({ got: 1 })).answer).toMatchObject({ got: 1 });
  });

  it.each([
    ['throws a text', 'throw "text"', { errorType: 'string', errorMessage: 'text' }],
    ['throws nothing', 'throw undefined', { errorType: 'undefined', errorMessage: 'undefined' }],
    [
      'throws an error whose name fits no header',
      'const e = new Error("ä\\u2028"); e.name = "Größe\\n"; throw e',
      { errorType: 'Größe\n', errorMessage: 'ä\u2028' },
    ],
    [
      'throws an error that can not be read',
      'throw new Proxy(new Error("x"), { get() { throw new Error("no"); } })',
      { errorType: 'handled' },
    ],
    [
      'answers what is not JSON',
      'const a = {}; a.a = a; return a;',
      { errorType: 'Error', errorMessage: 'Unable to stringify response body' },
    ],
    [
      'answers a BigInt',
      'return { n: 1n };',
      { errorMessage: 'Unable to stringify response body' },
    ],
    [
      'leaves a rejection that nobody handles',
      'Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 1000));',
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' },
    ],
    [
      'throws outside of its promise',
      'setTimeout(() => { throw new RangeError("late"); }); await new Promise(() => setInterval(() => {}, 1e6));',
      { errorType: 'RangeError', errorMessage: 'late' },
    ],
  ])('%s', async (_what, body, answer) => {
    await node(`export const handler = async () => { ${body} };`);
    const failed = await invoke();
    expect(failed).toMatchObject({ error: 'Unhandled', answer });
    expect((await invoke()).answer).toMatchObject(answer);
  });

  it('is started again where it left a rejection after it had answered', async () => {
    await node(`let n = 0;
export const handler = async () => { setTimeout(() => Promise.reject(new Error('late')), 1); return ++n; };`);
    expect((await invoke()).answer).toBe(1);
    await expect.poll(async () => (await engine.log(name)).join('\n')).toContain('late');
    await expect.poll(async () => (await invoke()).answer).toBe(1);
  });

  it('is not found: what it says of its start', async () => {
    await node('process.exitCode = 9; process.exit();');
    expect((await invoke()).answer).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 9$/,
      ),
    });
    await node(
      "Promise.reject(new Error('at the top')); await new Promise((r) => setTimeout(r, 500));",
    );
    expect((await invoke()).answer).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
    });
    await node('export const handler = (e, c, done) => done(null, 1);', NODE_24);
    expect((await invoke()).answer).toMatchObject({
      errorType: 'Runtime.CallbackHandlerDeprecated',
    });
  });

  it('streams its response, which the caller gets whole', async () => {
    await node(`export const handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('{"a":'); await new Promise((r) => setTimeout(r, 5)); stream.write(Buffer.from('"ä"}')); stream.end();
});`);
    expect(await invoke()).toMatchObject({ error: undefined, answer: { a: 'ä' } });
    await node(`export const handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('1'); throw new TypeError('midway');
});`);
    expect(await invoke()).toMatchObject({
      error: 'Unhandled',
      answer: { errorType: 'TypeError' },
    });
  });

  it('prints without an end of line, by console and by hand, and closes its output', async () => {
    await node(`import { closeSync } from 'node:fs';
export const handler = async (event) => {
  process.stdout.write('no end'); console.log('%s of %d', 'one', 2, { deep: { a: [1] } }); console.error(new Error('shown').message);
  if (event.close) { process.stdout.end(); console.log('gone'); }
  return event;
};`);
    const { tail } = await invoke();
    expect(tail).toMatch(/no end.*\tINFO\tone of 2 \{ deep: \{ a: \[Array\] \} \}|one of 2/);
    expect(tail).toContain('\tERROR\tshown');
    expect((await invoke({ close: true })).answer).toEqual({ close: true });
    expect((await invoke({ n: 2 })).answer).toEqual({ n: 2 });
  });

  it('prints what has no end of line at the end of its own invocation', async () => {
    await node(`export const handler = async (n) => { process.stdout.write('rest ' + n); };`);
    expect((await invoke(1)).tail).toContain('rest 1\n');
    expect((await invoke(2)).tail).not.toContain('rest 1');
  });

  it('prints megabytes, of which the log keeps every line', async () => {
    await node(
      `export const handler = async () => {
  for (let n = 0; n < 3000; n++) console.log(n + ' ' + 'x'.repeat(1000));
  return 'done';
};`,
      { Timeout: 60 },
    );
    expect((await invoke()).answer).toBe('done');
    const { events = [] } = { events: engine.running.engine.logs.groups };
    const group = [...events.values()].find(({ arn }) => arn.endsWith(`/${name}`));
    const lines = [...(group?.streams.values() ?? [])].flatMap((stream) => stream.events);
    expect(lines.filter(({ message }) => message.includes('xxx'))).toHaveLength(3000);
  });
});

function ECHO(): string {
  return 'export const handler = async (event) => event;';
}

describe('payloads', () => {
  // A JSON text has two quotes besides its characters.
  const MOST = 6_291_556 - 2;

  it('are answered up to 6 MB, and not one byte more', async () => {
    await node(`export const handler = async (n) => 'x'.repeat(n);`, { Timeout: 60 });
    expect((await invoke(MOST)).answer).toHaveLength(MOST);
    const { error, answer } = await invoke(MOST + 1);
    expect(error).toBe('Unhandled');
    expect(answer).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage:
        'Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes).',
    });
    // The environment goes on.
    expect((await invoke(1)).answer).toBe('x');
  });

  it('are taken up to 6 MB, of events up to 1 MB, and not one byte more', async () => {
    await node('export const handler = async (text) => text.length;', { Timeout: 60 });
    const call = (InvocationType: 'Event' | 'RequestResponse', bytes: number) =>
      engine.lambda.send(
        new InvokeCommand({
          FunctionName: name,
          InvocationType,
          Payload: JSON.stringify('x'.repeat(bytes - 2)),
        }),
      );
    const { Payload = [] } = await call('RequestResponse', 6_291_456);
    expect(Buffer.from(Payload).toString()).toBe('6291454');
    await expect(call('RequestResponse', 6_291_457)).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    });
    expect((await call('Event', 1_048_576)).StatusCode).toBe(202);
    await expect(call('Event', 1_048_577)).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      message:
        '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
      $metadata: { httpStatusCode: 413 },
    });
  });

  it('of errors have the same bound', async () => {
    await node(`export const handler = async (n) => { throw new Error('x'.repeat(n)); };`, {
      Timeout: 60,
    });
    expect((await invoke(7_000_000)).answer).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
    });
    expect((await invoke(1)).answer).toMatchObject({ errorMessage: 'x' });
  });
});

describe.skipIf(!hasPython)('a handler in Python', () => {
  const python = (code: string, settings: Settings = {}) =>
    files({ 'index.py': code }, { ...PYTHON, ...settings });

  it('gets what the context has, and logs as on AWS', async () => {
    await python(`import logging
logger = logging.getLogger()
logger.setLevel(logging.INFO)
def handler(event, context):
    logger.info("order %s\\nsecond", event["n"])
    logging.getLogger("lib").warning("careful")
    print("no end", end="")
    return {"left": context.get_remaining_time_in_millis(), "memory": context.memory_limit_in_mb,
        "version": context.function_version, "arn": context.invoked_function_arn,
        "identity": context.identity.cognito_identity_id, "client": context.client_context}
`);
    const { answer, tail } = await invoke({ n: 7 });
    expect(answer).toMatchObject({
      memory: '128',
      version: '$LATEST',
      arn: expect.stringContaining(name),
      identity: null,
      client: null,
    });
    expect((answer as { left: number }).left).toBeLessThanOrEqual(3000);
    expect(tail).toMatch(/^\[INFO\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f-]{36}\torder 7\nsecond$/m);
    expect(tail).toMatch(/^\[WARNING\]\t.*\tcareful$/m);
    expect(tail).toMatch(/^no end$/m);
  });

  it.each([
    ['raises', 'raise KeyError("id")', 'KeyError', "'id'"],
    ['exits', 'import sys; sys.exit(4)', 'Runtime.ExitError', /exit status 4/],
    ['exits well', 'import sys; sys.exit()', 'Runtime.ExitError', /without providing a reason/],
    ['dies', 'import os; os.abort()', 'Runtime.ExitError', /signal: aborted/],
    ['hangs', 'import time; time.sleep(60)', 'Sandbox.Timedout', /timed out after 1.00 seconds/],
    [
      'answers what is not JSON',
      'return {1, 2}',
      'Runtime.MarshalError',
      /Unable to marshal response/,
    ],
    [
      'answers what contains itself',
      'a = []; a.append(a); return a',
      'Runtime.MarshalError',
      /Unable to marshal response: Circular reference/,
    ],
    [
      'fails to write JSON itself',
      'import json; json.dumps({1, 2})',
      'TypeError',
      /^Object of type set is not JSON serializable$/,
    ],
    ['recurses', 'return handler(e, c)', 'RecursionError', /maximum recursion depth/],
  ] as const)('%s', async (_what, body, errorType, errorMessage) => {
    await python(`def handler(e, c):\n    ${body}\n`, { Timeout: 1 });
    const { error, answer } = await invoke();
    expect(error).toBe('Unhandled');
    expect(answer).toMatchObject({
      errorType,
      errorMessage: expect.stringMatching(errorMessage),
    });
  });

  it('says of an error where the code of the user raised it, and in which request', async () => {
    await python(`def check():\n    raise ValueError("no")\ndef handler(e, c):\n    check()\n`);
    const { answer, tail } = await invoke();
    const { stackTrace, requestId } = answer as { stackTrace: string[]; requestId: string };
    expect(stackTrace).toEqual([
      expect.stringMatching(/index\.py", line 4, in handler\n {4}check\(\)\n/),
      expect.stringMatching(/index\.py", line 2, in check\n/),
    ]);
    expect(tail).toContain(`START RequestId: ${requestId} `);
  });

  it('says where the syntax is wrong', async () => {
    await python('x = 1\ndef handler(e, c)\n  return 1\n');
    expect((await invoke()).answer).toMatchObject({
      stackTrace: [
        expect.stringMatching(/^ {2}File ".*index\.py" Line 2\n {4}def handler\(e, c\)\n$/),
      ],
    });
  });

  it.each([
    [
      'Decimals, as boto3 reads them from tables',
      '{"n": Decimal("1234567890.12345678901234567890")}',
      '{"n": 1234567890.12345678901234567890}',
    ],
    ['bytes within an answer', '{"n": "é".encode()}', '{"n": "\\u00e9"}'],
    ['bytes', `b'{ "n": 1 }'`, '{ "n": 1 }'],
  ] as const)('answers %s', async (_what, value, text) => {
    await python(`from decimal import Decimal\ndef handler(e, c):\n    return ${value}\n`);
    expect(await invoke()).toMatchObject({ error: undefined, text });
  });

  it.each([
    [
      'is named as a module that Python has built in',
      { 'time.py': 'def handler(e, c): return 1' },
      { Handler: 'time.handler' },
      'Runtime.BuiltInModuleConflict',
      /Cannot use built-in module time as a handler module/,
    ],
    [
      'is not there',
      {},
      { Handler: 'other.handler' },
      'Runtime.ImportModuleError',
      /Unable to import module 'other': No module named 'other'/,
    ],
    [
      'has no such function',
      { 'index.py': 'x = 1' },
      {},
      'Runtime.HandlerNotFound',
      /Handler 'handler' missing on module 'index'/,
    ],
    [
      'has no dot',
      { 'index.py': 'x = 1' },
      { Handler: 'index' },
      'Runtime.MalformedHandlerName',
      /Bad handler 'index'/,
    ],
    [
      'has an error of syntax',
      { 'index.py': 'def handler(' },
      {},
      'Runtime.UserCodeSyntaxError',
      /Syntax error in module 'index'/,
    ],
    [
      'imports what is not there',
      { 'index.py': 'import nothing_here' },
      {},
      'Runtime.ImportModuleError',
      /No module named 'nothing_here'/,
    ],
    ['fails at its top', { 'index.py': '1 / 0' }, {}, 'ZeroDivisionError', /division by zero/],
  ] as const)('%s', async (_what, content, settings, errorType, errorMessage) => {
    await files({ 'a.txt': '', ...content }, { ...PYTHON, ...settings });
    expect((await invoke()).answer).toMatchObject({
      errorType,
      errorMessage: expect.stringMatching(errorMessage),
    });
  });

  it('lies in a package', async () => {
    await files(
      { 'orders/__init__.py': '', 'orders/take.py': 'def run(e, c):\n    return e\n' },
      { ...PYTHON, Handler: 'orders/take.run' },
    );
    expect((await invoke({ a: 1 })).answer).toEqual({ a: 1 });
  });
});

describe("a function's own bootstrap", () => {
  const bootstrap = async (text: string | Buffer, mode = 0o100755, settings: Settings = {}) =>
    node('', {
      Runtime: 'provided.al2023',
      Code: { ZipFile: await zip({ bootstrap: text }, { bootstrap: mode }) },
      ...settings,
    });
  const api = '"http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime';
  /** A shell that takes one event after the other. */
  const shell = (then: string) => `#!/bin/sh
while :; do
  headers=$(mktemp)
  event=$(curl -sS -D "$headers" ${api}/invocation/next")
  id=$(grep -i '^lambda-runtime-aws-request-id' "$headers" | tr -d '\\r' | cut -d' ' -f2)
  rm "$headers"
  ${then}
done
`;

  it.each([
    ['is not executable', '#!/bin/sh\nexit 0', 0o100644, 'permission denied'],
    ['is no program', 'exec sleep 1', 0o100755, 'exec format error'],
    ['names no interpreter', '#!/no/such/interpreter\n', 0o100755, 'no such file or directory'],
  ] as const)('%s', async (_what, text, mode, why) => {
    await bootstrap(text, mode);
    expect((await invoke()).answer).toEqual({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringMatching(
        new RegExp(`^RequestId: [0-9a-f-]{36} Error: fork/exec /var/task/bootstrap: ${why}$`),
      ),
    });
  });

  it.skipIf(!hasCurl)('answers rubbish, which the caller gets as it is', async () => {
    await bootstrap(
      shell(`curl -sS -X POST ${api}/invocation/$id/response" -d 'no {json' >/dev/null`),
    );
    await expect(invoke()).rejects.toThrow(/JSON/);
  });

  it.skipIf(!hasCurl)('answers twice, and for others: the first for this one counts', async () => {
    await bootstrap(
      shell(`curl -sS -X POST ${api}/invocation/other/response" -d '"other"' >/dev/null
  curl -sS -X POST ${api}/invocation/$id/response" -d '"first"' >/dev/null
  curl -sS -X POST ${api}/invocation/$id/error" -d '{"errorType":"late"}' >/dev/null`),
    );
    expect((await invoke()).answer).toBe('first');
    expect((await invoke()).answer).toBe('first');
  });

  it.skipIf(!hasCurl)('says an error in words of its own', async () => {
    await bootstrap(
      shell(
        `curl -sS -X POST ${api}/invocation/$id/error" -d '{"errorType":"Own.Kind","errorMessage":"m"}' >/dev/null`,
      ),
    );
    expect(await invoke()).toMatchObject({
      error: 'Unhandled',
      answer: { errorType: 'Own.Kind', errorMessage: 'm' },
    });
  });

  it('goes with what left its process group, once its time is over', async () => {
    const file = join(temporaryFolder(cleanUps), 'pid');
    await node(
      `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
export const handler = async () => {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore', detached: true }); child.unref();
  writeFileSync(${JSON.stringify(file)}, String(child.pid));
  await new Promise(() => setInterval(() => {}, 1e6));
};`,
      { Timeout: 1 },
    );
    expect((await invoke()).answer).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(existsSync(file)).toBe(true);
    const pid = Number(readFileSync(file, 'utf8'));
    if (process.platform !== 'linux') process.kill(pid);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

/** Whether a process runs: one that has ended and waits for its parent doesn't. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe('a zip', () => {
  it('may hold links to what it holds itself', async () => {
    const ZipFile = await zip(
      { 'lib/real.mjs': ECHO(), 'index.mjs': 'lib/real.mjs', 'sub/up': '../lib' },
      { 'index.mjs': 0o120777, 'sub/up': 0o120777 },
    );
    await node('', { Code: { ZipFile } });
    expect((await invoke({ a: 1 })).answer).toEqual({ a: 1 });
  });

  it.each([
    ['an absolute link', { link: '/etc/passwd' }, { link: 0o120777 }, /leads out of the zip/],
    ['a link upwards', { 'a/link': '../../x' }, { 'a/link': 0o120777 }, /leads out of the zip/],
    ['a file and a folder of one name', { a: '1', 'a/b': '2' }, {}, /Could not unzip/],
    ['nothing', {}, {}, undefined],
  ] as const)('with %s', async (_what, content, modes, message) => {
    const ZipFile = await zip(content, modes);
    const made = node('', { Code: { ZipFile } });
    if (message === undefined) {
      await made.catch(() => undefined);
      return;
    }
    await expect(made).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringMatching(message),
    });
  });
});

it('a folder of the user may hold links that lead in a circle, and a change behind one is seen', async () => {
  const folder = temporaryFolder(cleanUps);
  const shared = temporaryFolder(cleanUps);
  const code = (text: string) => `export const text = ${JSON.stringify(text)};`;
  writeFileSync(join(shared, 'text.mjs'), code('one'));
  writeFileSync(
    join(folder, 'index.mjs'),
    "import { text } from './shared/text.mjs'; export const handler = async () => text;",
  );
  symlinkSync(shared, join(folder, 'shared'));
  symlinkSync('circle', join(folder, 'circle'));
  for (const name of ['here', 'here-too', 'here-as-well']) symlinkSync('.', join(folder, name));
  await node('', { Code: { S3Bucket: 'hot-reload', S3Key: folder } });
  expect((await invoke()).answer).toBe('one');
  writeFileSync(join(shared, 'text.mjs'), code('another'));
  await expect.poll(async () => (await invoke()).answer).toBe('another');
});

it('a client context is JSON in Base64, of up to 3,583 bytes', async () => {
  await node('export const handler = async (event, context) => context.clientContext;');
  const call = (ClientContext: string) =>
    engine.lambda.send(new InvokeCommand({ FunctionName: name, ClientContext }));
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  // 2,685 bytes are 3,580 in Base64.
  const longest = base64(JSON.stringify({ a: `${'é'.repeat(1338)}x` }));
  expect(longest).toHaveLength(3580);
  const { Payload } = await call(longest);
  expect(Buffer.from(Payload ?? []).toString()).toContain('é');
  for (const refused of [
    base64('{"a":'),
    base64('1'),
    'no',
    base64(`{"a":"${'x'.repeat(2700)}"}`),
  ]) {
    await expect(call(refused)).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  }
});

describe('settings', () => {
  const variables = (Variables: Record<string, string>) => ({ Environment: { Variables } });

  it.each(['AWS_REGION', '_HANDLER', 'LAMBDA_TASK_ROOT', 'AWS_SESSION_TOKEN', '_X_AMZN_TRACE_ID'])(
    'refuse the variable %s, which the runtime sets',
    async (reserved) => {
      await expect(node(ECHO(), variables({ [reserved]: 'x' }))).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: expect.stringContaining(`Reserved keys used in this request: ${reserved}`),
      });
    },
  );

  it('take 4 KB of variables, and not one byte more', async () => {
    // {"A1":"…"} is 9 bytes beside the value.
    const fits = 'x'.repeat(4096 - 9);
    await node(ECHO(), variables({ A1: fits }));
    expect((await invoke({ a: 1 })).answer).toEqual({ a: 1 });
    await expect(node(ECHO(), variables({ A1: `${fits}x` }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining('exceeded the 4KB limit'),
    });
  });

  it.each([
    [{ Timeout: 0 }, 'greater than or equal to 1'],
    [{ Timeout: 901 }, 'less than or equal to 900'],
    [{ MemorySize: 127 }, 'greater than or equal to 128'],
    [{ Handler: 'has blank.handler' }, 'pattern'],
    [{ Handler: `${'x'.repeat(121)}.handler` }, 'length less than or equal to 128'],
    [{ Description: 'x'.repeat(257) }, 'length less than or equal to 256'],
    [{ LoggingConfig: { LogGroup: 'a:*' } }, 'loggingConfig.logGroup'],
  ] as const)('refuse %j', async (settings, message) => {
    await expect(node(ECHO(), settings as Settings)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it('take the least and the most', async () => {
    await node(ECHO(), { Timeout: 1, MemorySize: 128, Description: 'x'.repeat(256) });
    await node(ECHO(), { Timeout: 900, MemorySize: 10_240, Handler: `${'x'.repeat(120)}.handler` });
  });
});

describe.skipIf(process.platform !== 'linux')('an engine on one address of several', () => {
  const { address: ipv6 } = networkInterfaces().lo?.find(({ family }) => family === 'IPv6') ?? {};

  it.each(['127.0.0.2', '::1'])('tells functions where it answers: %s', async (host) => {
    if (host === '::1' && ipv6 === undefined) return;
    const one = await functionEngine({ host });
    cleanUps.push(() => void one.stop());
    await one.create(
      'f',
      `export const handler = async (event) => {
  const { status } = await fetch(process.env.AWS_ENDPOINT_URL + '/_pubsub/health');
  return { status, at: process.env.AWS_ENDPOINT_URL, records: event.Records?.length };
};`,
    );
    const { answer } = await one.invoke('f');
    expect(answer).toEqual({ status: 200, at: one.running.endpoint });

    const { QueueUrl } = await one.sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    const EventSourceArn = `arn:aws:sqs:us-east-1:${ACCOUNT}:q`;
    await one.lambda.send(
      new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName: 'f' }),
    );
    await one.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const { lambda } = one.running.engine;
    const arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;
    await expect.poll(() => lambda.tallies.of(arn)).toMatchObject({ invocations: 2, errors: 0 });
    const page = await fetch(`${one.running.endpoint}/_pubsub/ui/api/overview`);
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining(one.running.endpoint),
    ]);
  });
});
