import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListLayersCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  type Runtime,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  type FunctionEngine,
  functionEngine,
  ROLE,
  temporaryFolder,
  zip,
} from '../../../fixtures/functions.ts';

const ECHO = 'export const handler = async (event) => ({ got: event });';
const hasPython = spawnSync('python3', ['--version']).status === 0;

let engine: FunctionEngine;
const cleanUps: (() => void)[] = [];
let names = 0;
const newName = () => `fn-${++names}`;
beforeAll(async () => {
  engine = await functionEngine();
});
afterAll(() => engine.stop());
afterEach(() => {
  for (const each of cleanUps.splice(0)) each();
});

describe('functions', () => {
  it('are made, shown, listed, changed and deleted', async () => {
    const { lambda } = engine;
    const FunctionName = newName();
    const ZipFile = await zip({ 'index.mjs': ECHO });
    const made = await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: ROLE,
        Code: { ZipFile },
        Timeout: 5,
        Environment: { Variables: { TABLE: 'Orders' } },
        Tags: { team: 'orders' },
      }),
    );
    const FunctionArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${FunctionName}`;
    expect(made).toMatchObject({
      FunctionArn,
      Runtime: 'nodejs24.x',
      CodeSize: ZipFile.length,
      Version: '$LATEST',
      State: 'Pending',
      MemorySize: 128,
      Timeout: 5,
      PackageType: 'Zip',
    });
    const shown = await lambda.send(new GetFunctionCommand({ FunctionName: FunctionArn }));
    expect(shown.Configuration).toMatchObject({
      FunctionName,
      State: 'Active',
      LastUpdateStatus: 'Successful',
      CodeSha256: made.CodeSha256,
      Environment: { Variables: { TABLE: 'Orders' } },
      LoggingConfig: { LogGroup: `/aws/lambda/${FunctionName}` },
    });
    expect(shown.Tags).toEqual({ team: 'orders' });
    const code = await fetch(shown.Code?.Location ?? '');
    expect(Buffer.from(await code.arrayBuffer()).equals(ZipFile)).toBe(true);
    const changed = await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9, MemorySize: 256 }),
    );
    expect(changed).toMatchObject({ Timeout: 9, LastUpdateStatus: 'InProgress' });
    expect(changed.RevisionId).not.toBe(shown.Configuration?.RevisionId);
    const listed = await lambda.send(new ListFunctionsCommand({}));
    expect(listed.Functions?.map((each) => each.FunctionName)).toContain(FunctionName);
    await lambda.send(new DeleteFunctionCommand({ FunctionName }));
    await expect(
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${FunctionArn}`,
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('answer an event, with the log as Lambda writes it', async () => {
    const name = newName();
    await engine.create(
      name,
      'console.log("loaded"); export const handler = async (event, context) => { console.log("got", event.n); return { n: event.n + 1, id: context.awsRequestId, arn: context.invokedFunctionArn }; };',
    );
    const first = await engine.invoke(name, { n: 1 });
    expect(first.error).toBeUndefined();
    expect(first.answer).toMatchObject({ n: 2 });
    const { id, arn } = first.answer as { id: string; arn: string };
    expect(arn).toBe(`arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`);
    const second = await engine.invoke(name, { n: 2 });
    expect(second.answer).toMatchObject({ n: 3 });
    const lines = await engine.log(name);
    expect(lines[0]).toContain('INIT_START Runtime Version: nodejs22.x');
    expect(lines[1]).toContain('\tINFO\tloaded');
    expect(lines[2]).toBe(`START RequestId: ${id} Version: $LATEST`);
    expect(lines[3]).toMatch(new RegExp(`^\\S+Z\t${id}\tINFO\tgot 1$`));
    expect(lines[4]).toBe(`END RequestId: ${id}`);
    expect(lines[5]).toMatch(
      new RegExp(
        `^REPORT RequestId: ${id}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: [1-9]\\d* MB\tInit Duration: [\\d.]+ ms`,
      ),
    );
    // One environment served both: it was started once.
    expect(lines.filter((line) => line.includes('INIT_START'))).toHaveLength(1);
    expect(second.tail).toContain('got 2');
    expect(second.tail).not.toContain('got 1');
    expect(second.tail).not.toContain('Init Duration');
  });

  it.each([
    ['CommonJS', { 'index.js': 'exports.handler = async (e) => ({ got: e });' }],
    ['a callback', { 'index.cjs': 'exports.handler = (e, c, done) => done(null, { got: e });' }],
    ['an ES module', { 'index.mjs': ECHO }],
    [
      'a module beside it',
      {
        'index.mjs': 'import { f } from "./lib/f.mjs"; export const handler = async (e) => f(e);',
        'lib/f.mjs': 'export const f = (e) => ({ got: e });',
      },
    ],
  ])('run a handler that is %s', async (_kind, files) => {
    const name = newName();
    await engine.create(name, '', { Code: { ZipFile: await zip(files) } });
    expect((await engine.invoke(name, { a: 1 })).answer).toEqual({ got: { a: 1 } });
  });

  it.skipIf(!hasPython)('run a handler in Python', async () => {
    const name = newName();
    const code =
      'import json\ndef handler(event, context):\n    print("got", event["a"])\n    return {"got": event, "name": context.function_name}\n';
    await engine.create(name, '', {
      Runtime: 'python3.13',
      Code: { ZipFile: await zip({ 'index.py': code }) },
    });
    const { answer, tail } = await engine.invoke(name, { a: 1 });
    expect(answer).toEqual({ got: { a: 1 }, name });
    expect(tail).toContain('got 1\n');
  });

  it("run the function's own bootstrap", async () => {
    const name = newName();
    const bootstrap = `#!/bin/sh
set -eu
while true; do
  headers=$(mktemp)
  event=$(curl -sS -D "$headers" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next")
  id=$(grep -i lambda-runtime-aws-request-id "$headers" | tr -d '[:space:]' | cut -d: -f2)
  curl -sS -o /dev/null "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response" -d "{\\"got\\":$event}"
done
`;
    await engine.create(name, '', {
      Runtime: 'provided.al2023',
      Handler: 'none',
      Code: { ZipFile: await zip({ bootstrap }, { bootstrap: 0o100755 }) },
    });
    expect((await engine.invoke(name, { a: 1 })).answer).toEqual({ got: { a: 1 } });
  });

  it('run new code and new settings from the next event on', async () => {
    const name = newName();
    await engine.create(name, 'export const handler = async () => [1, process.env.MODE];');
    expect((await engine.invoke(name)).answer).toEqual([1, null]);
    await engine.lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: name,
        ZipFile: await zip({
          'index.mjs': 'export const handler = async () => [2, process.env.MODE];',
        }),
      }),
    );
    expect((await engine.invoke(name)).answer).toEqual([2, null]);
    await engine.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: name,
        Environment: { Variables: { MODE: 'b' } },
      }),
    );
    expect((await engine.invoke(name)).answer).toEqual([2, 'b']);
  });

  it('run a folder, and read it anew when it changes', async () => {
    const name = newName();
    const folder = temporaryFolder(cleanUps);
    writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => 1;');
    await engine.create(name, '', { Code: { S3Bucket: 'hot-reload', S3Key: folder } });
    expect((await engine.invoke(name)).answer).toBe(1);
    writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => 22;');
    await expect.poll(async () => (await engine.invoke(name)).answer).toBe(22);
  });

  it('are called with DryRun without running', async () => {
    const name = newName();
    await engine.create(name, 'throw new Error("must not run")');
    const { StatusCode } = await engine.lambda.send(
      new InvokeCommand({ FunctionName: name, InvocationType: 'DryRun' }),
    );
    expect(StatusCode).toBe(204);
  });
});

describe('a function that fails', () => {
  it.each([
    [
      'throws',
      'export const handler = async () => { throw new TypeError("no"); };',
      {},
      'TypeError',
      'no',
    ],
    [
      'has no such module',
      '',
      { Handler: 'other.handler' },
      'Runtime.ImportModuleError',
      /Cannot find module 'other'|other/,
    ],
    [
      'has no such handler',
      'export const other = 1;',
      {},
      'Runtime.HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'has an error of syntax',
      'export const handler = ;',
      {},
      'Runtime.UserCodeSyntaxError',
      /SyntaxError/,
    ],
    [
      'exits',
      'export const handler = async () => process.exit(3);',
      {},
      'Runtime.ExitError',
      /Runtime exited with error: exit status 3/,
    ],
    [
      'exits while it starts',
      'process.exit(0);',
      {},
      'Runtime.ExitError',
      /Runtime exited without providing a reason/,
    ],
    [
      'is killed',
      'export const handler = async () => { process.kill(process.pid, "SIGKILL"); await new Promise(() => {}); };',
      {},
      'Runtime.ExitError',
      /signal: killed/,
    ],
    [
      'never settles its promise',
      'export const handler = () => new Promise(() => {});',
      {},
      'Runtime.NodeJsExit',
      /a Promise that was not settled/,
    ],
    [
      'hangs',
      'export const handler = () => new Promise((r) => setTimeout(r, 60_000));',
      { Timeout: 1 },
      'Sandbox.Timedout',
      /Task timed out after 1.00 seconds/,
    ],
    [
      'spins',
      'export const handler = () => { for (;;); };',
      { Timeout: 1 },
      'Sandbox.Timedout',
      /Task timed out after 1.00 seconds/,
    ],
  ] as const)('%s', async (what, code, settings, type, message) => {
    const name = newName();
    await engine.create(name, code, settings);
    const { error, answer, tail } = await engine.invoke(name);
    expect(error).toBe('Unhandled');
    expect(answer).toMatchObject({ errorType: type });
    // Nobody can look at a process that ended before it was ready.
    if (what !== 'exits while it starts') expect(tail).toMatch(/Max Memory Used: [1-9]\d* MB/);
    expect((answer as { errorMessage: string }).errorMessage).toMatch(message);
    if (type === 'Sandbox.Timedout') {
      const lines = await engine.log(name);
      expect(lines.some((line) => /Z \S+ Task timed out after 1\.00 seconds$/.test(line))).toBe(
        true,
      );
      expect(lines.at(-1)).toContain('Status: timeout');
    }
    // The next event finds an environment that works as the first did.
    expect((await engine.invoke(name)).answer).toMatchObject({ errorType: type });
  });

  it('has no bootstrap', async () => {
    const name = newName();
    await engine.create(name, '', {
      Runtime: 'provided.al2023',
      Code: { ZipFile: await zip({ 'a.txt': 'a' }) },
    });
    expect((await engine.invoke(name)).answer).toMatchObject({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringContaining("Couldn't find valid bootstrap(s)"),
    });
  });

  it('uses more memory than it has, which the log tells', async () => {
    const name = newName();
    await engine.create(
      name,
      'export const handler = async () => { const a = Buffer.alloc(200 * 1024 * 1024, 1); return a.length; };',
      { Timeout: 60 },
    );
    const { error, tail } = await engine.invoke(name);
    expect(error).toBeUndefined();
    expect(tail).toMatch(/The function used \d+ MB of its 128 MB: on AWS .*Runtime\.OutOfMemory/);
  });
});

describe('what is refused', () => {
  it.each([
    ['nodejs20.x', /no longer supported/],
    ['python3.9', /no longer supported/],
    ['python3.10', /no longer supported/],
    ['java21', /does not run java21/],
    ['nodejs99.x', /failed to satisfy constraint/],
  ])('the runtime %s', async (runtime, message) => {
    await expect(
      engine.create(newName(), ECHO, { Runtime: runtime as Runtime }),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['nothing that is a zip', Buffer.from('no zip'), /Could not unzip/],
    ['a zip that is cut short', undefined, /Could not unzip/],
  ])('%s', async (_what, bytes, message) => {
    const ZipFile = bytes ?? (await zip({ 'index.mjs': ECHO.repeat(50) })).subarray(0, 100);
    await expect(engine.create(newName(), '', { Code: { ZipFile } })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringMatching(message),
    });
  });

  it('a zip whose paths lead out of its folder, or are links', async () => {
    // The library that writes zips refuses such a path as well: it is put in afterwards.
    const out = await zip({ 'aa/evil.txt': 'x' });
    for (let at = out.indexOf('aa/evil.txt'); at >= 0; at = out.indexOf('aa/evil.txt'))
      out.write('../evil.txt', at);
    const link = await zip({ link: '/etc/passwd' }, { link: 0o120777 });
    // Each stays inside by its words; one through the other, they don't.
    const [x, y] = ['p/q/x', 'y'];
    const chain = { [x]: '../..', [y]: 'p/q/x/../..' };
    const modes = { [x]: 0o120777, [y]: 0o120777, 'y/evil': 0o120777 };
    const led = await zip(chain, modes);
    const below = await zip({ ...chain, 'y/evil': 'p' }, modes);
    for (const [ZipFile, message] of [
      [out, /Could not unzip.*\.\.\/evil\.txt/],
      [link, /symbolic link.*link/],
      [led, /the symbolic link y leads out of the zip/],
      [below, /y\/evil lies below a symbolic link/],
    ] as const) {
      await expect(engine.create(newName(), '', { Code: { ZipFile } })).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: expect.stringMatching(message),
      });
    }
  });

  it('a request of 60 MB of zip', async () => {
    const ZipFile = Buffer.alloc(60_000_000, 1);
    await expect(engine.create(newName(), '', { Code: { ZipFile } })).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
  });

  it.each([
    ['Timeout', { Timeout: 901 }, 'ValidationException'],
    ['MemorySize', { MemorySize: 127 }, 'ValidationException'],
    ['Role', { Role: 'orders' }, 'ValidationException'],
    [
      'a reserved variable',
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'InvalidParameterValueException',
    ],
    ['a bucket', { Code: { S3Bucket: 'b', S3Key: 'k' } }, 'InvalidParameterValueException'],
    [
      'a folder that is not there',
      { Code: { S3Bucket: 'hot-reload', S3Key: '/no/such' } },
      'InvalidParameterValueException',
    ],
    [
      'layers',
      { Layers: ['arn:aws:lambda:us-east-1:111122223333:layer:a:1'] },
      'UnsupportedOperation',
    ],
  ])('%s', async (_what, settings, name) => {
    await expect(engine.create(newName(), ECHO, settings)).rejects.toMatchObject({ name });
  });

  it('a second function of the same name, an event that is not JSON, an action that is not there', async () => {
    const { lambda } = engine;
    const name = newName();
    await engine.create(name, ECHO);
    await expect(engine.create(name, ECHO)).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `Function already exist: ${name}`,
    });
    await expect(
      lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{"a":' })),
    ).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
    await expect(lambda.send(new ListLayersCommand({}))).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: 'The local engine does not support Lambda ListLayers.',
    });
  });
});

describe('a function is named', () => {
  const arnOf = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
  const get = (FunctionName: string, Qualifier?: string) =>
    engine.lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }));
  const long = (length: number) => 'x'.repeat(length);

  it.each([
    (name: string) => name,
    arnOf,
    (name: string) => `${ACCOUNT}:function:${name}`,
    (name: string) => `${ACCOUNT}:${name}`,
    (name: string) => `function:${name}`,
    (name: string) => `us-east-1:${ACCOUNT}:function:${name}`,
  ])('by %s when it is made and ever after', async (form) => {
    const name = newName();
    await engine.create(form(name), ECHO);
    expect(await get(name)).toMatchObject({ FunctionName: name, FunctionArn: arnOf(name) });
    expect(await get(form(name))).toMatchObject({ FunctionArn: arnOf(name) });
    expect(await get(`${form(name)}:$LATEST`)).toMatchObject({
      FunctionArn: `${arnOf(name)}:$LATEST`,
    });
  });

  it('of up to 64 characters', async () => {
    await engine.create(long(64), ECHO);
    expect(await get(long(64))).toMatchObject({ FunctionArn: arnOf(long(64)) });
  });

  it.each([
    [long(65), 'ValidationException', 'length less than or equal to 64'],
    [arnOf(long(65)), 'ValidationException', 'length less than or equal to 64'],
    [arnOf(long(94)), 'ValidationException', 'length less than or equal to 140'],
    ['', 'ValidationException', 'length greater than or equal to 1'],
    ['a.b', 'ValidationException', "'functionName' failed to satisfy constraint"],
    ['a b', 'ValidationException', "'functionName' failed to satisfy constraint"],
    ['arn:aws:lambda:f', 'ValidationException', "'functionName' failed to satisfy constraint"],
    [`arn:aws:sqs:us-east-1:${ACCOUNT}:q`, 'ValidationException', "'functionName' failed"],
    ['f:live', 'InvalidParameterValueException', 'created without a version or alias'],
    ['f:$LATEST', 'InvalidParameterValueException', 'created without a version or alias'],
    [
      `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`,
      'ResourceNotFoundException',
      "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    ],
    [
      'arn:aws:lambda:us-east-1:444455556666:function:f',
      'AccessDeniedException',
      'is not authorized to perform: lambda:CreateFunction on resource: arn:aws:lambda:us-east-1:444455556666:function:f',
    ],
    ['444455556666:function:f', 'AccessDeniedException', 'lambda:CreateFunction'],
  ])('and not made as %j', async (name, error, message) => {
    await expect(engine.create(name, ECHO)).rejects.toMatchObject({
      name: error,
      message: expect.stringContaining(message),
    });
    const { functions } = engine.running.engine.lambda;
    expect([...functions.keys()].filter((arn) => !arn.includes(`:${ACCOUNT}:`))).toEqual([]);
  });

  it('and looked for by nothing else', async () => {
    const name = newName();
    await engine.create(name, ECHO);
    const refusals: [FunctionName: string, Qualifier: string | undefined, error: string][] = [
      [long(256), undefined, 'ResourceNotFoundException'],
      [long(257), undefined, 'ValidationException'],
      ['a.b', undefined, 'ResourceNotFoundException'],
      ['a/b', undefined, 'ValidationException'],
      [`arn:aws:lambda:${name}`, undefined, 'ValidationException'],
      [
        `arn:aws-cn:lambda:us-east-1:${ACCOUNT}:function:${name}`,
        undefined,
        'ResourceNotFoundException',
      ],
      [
        `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`,
        undefined,
        'ResourceNotFoundException',
      ],
      [
        `arn:aws:lambda:us-east-1:444455556666:function:${name}`,
        undefined,
        'AccessDeniedException',
      ],
      [name, long(128), 'ResourceNotFoundException'],
      [name, long(129), 'ValidationException'],
      [name, 'a.b', 'ValidationException'],
      [`${name}:1`, '2', 'InvalidParameterValueException'],
    ];
    for (const [FunctionName, Qualifier, error] of refusals) {
      await expect(get(FunctionName, Qualifier), FunctionName).rejects.toMatchObject({
        name: error,
      });
    }
    // What belongs to no version is not changed by the name of one.
    for (const call of [
      () =>
        engine.lambda.send(
          new UpdateFunctionConfigurationCommand({ FunctionName: `${name}:live`, Timeout: 9 }),
        ),
      () => engine.lambda.send(new PublishVersionCommand({ FunctionName: `${arnOf(name)}:1` })),
      () =>
        engine.lambda.send(
          new PutFunctionConcurrencyCommand({
            FunctionName: `${name}:1`,
            ReservedConcurrentExecutions: 1,
          }),
        ),
    ]) {
      await expect(call()).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: expect.stringContaining('Aliases and versions do not support this operation'),
      });
    }
    expect(await get(name)).toMatchObject({ Timeout: 3 });
  });
});

it('permits what a session may, whichever way it names a function', async () => {
  const names = [newName(), newName()] as const;
  for (const name of names) await engine.create(name, ECHO);
  const [own, foreign] = names;
  const resource = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
  const config = {
    endpoint: engine.running.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'x' },
    maxAttempts: 1,
  };
  const sts = new STSClient(config);
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: ROLE,
      RoleSessionName: 'test',
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'lambda:*', Resource: '*' },
          { Effect: 'Deny', Action: 'lambda:InvokeFunction', Resource: resource(foreign) },
          { Effect: 'Deny', Action: 'lambda:InvokeFunction', Resource: `${resource(own)}:*` },
        ],
      }),
    }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const lambda = new LambdaClient({
    ...config,
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    },
  });
  cleanUps.push(
    () => sts.destroy(),
    () => lambda.destroy(),
  );
  const call = (FunctionName: string, Qualifier?: string) =>
    lambda.send(new InvokeCommand({ FunctionName, Qualifier }));
  await call(own);
  for (const [name, qualifier] of [
    [foreign],
    [`${ACCOUNT}:function:${foreign}`],
    [`function:${foreign}`],
    [resource(foreign)],
    [own, '$LATEST'],
    [`${own}:$LATEST`],
  ] as const) {
    await expect(call(name, qualifier), name).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('explicit deny'),
    });
  }
});

it('keeps functions and their code through a restart', async () => {
  const stateDir = temporaryFolder(cleanUps);
  const first = await functionEngine({ stateDir });
  await first.create('kept', 'export const handler = async () => "kept";');
  expect((await first.invoke('kept')).answer).toBe('kept');
  await first.stop();
  const second = await functionEngine({ stateDir });
  expect((await second.invoke('kept')).answer).toBe('kept');
  expect(await second.log('kept')).toContainEqual(expect.stringContaining('REPORT'));
  await second.running.engine.reset();
  await expect(second.invoke('kept')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await second.stop();
});
