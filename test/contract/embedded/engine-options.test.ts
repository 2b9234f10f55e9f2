import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type EngineOptions, startEngine } from '../../../src/engine.ts';
import { defineTopology } from '../../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-options-'));
afterAll(() => rmSync(folder, { recursive: true }));
const shop = defineTopology({ name: 'shop', subscribers: { billing: {} } });

const ask = async (endpoint: string, query: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${endpoint}/?${query}`, { headers });
  return { status: answer.status, text: await answer.text() };
};
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:t';
const publish = `Action=Publish&Message=m&Version=2010-03-31&TopicArn=${TOPIC}`;

describe('an option that can not be is named', () => {
  it.each([
    [{ port: -1 }, 'port of startEngine must be a whole number from 0 to 65535, not -1.'],
    [{ port: 65_536 }, 'port of startEngine must be'],
    [{ port: 80.5 }, 'port of startEngine must be'],
    [{ port: '80' }, 'port of startEngine must be'],
    [{ polices: 'warn' }, 'startEngine has no option "polices". Did you mean "policies"?'],
    [{ policies: 'loose' }, 'policies of startEngine must be enforce or warn, not "loose".'],
    [{ clock: 'stopped' }, 'clock of startEngine must be running or frozen'],
    [{ now: 'soon' }, 'now of startEngine must be a time'],
    [{ now: new Date(Number.NaN) }, 'now of startEngine must be a time'],
    [{ waits: 'yes' }, 'waits of startEngine must be true or false'],
    [{ faults: 'fire=1%' }, '"fire" is not a fault'],
    [{ faults: { thottle: 1 } }, 'Did you mean "throttle"?'],
    [{ faults: { throttle: 1.01 } }, 'throttle of faults must be a share from 0 to 1'],
    [{ faults: { throttle: 0.6, error: 0.5 } }, 'more than 100%'],
    [{ faults: { latency: 60_001 } }, 'latency of faults must be'],
    [{ faults: { deny: ['ec2:*'] } }, 'deny needs a permission'],
    [{ seed: -1 }, 'seed of startEngine must be a whole number from 0 to 4294967295'],
    [{ region: 'us-est-1' }, 'Did you mean "us-east-1"?'],
    [
      { allowHttp: ['hooks.test', 'http://hooks.test'] },
      'allowHttp of startEngine must be a list of host names, with a port or without, not "http://hooks.test".',
    ],
    [
      { allowHosts: ['queue.test:80'] },
      'allowHosts of startEngine must be a list of names without a port, not "queue.test:80".',
    ],
    [{ identities: ['alice'] }, 'alice'],
    [{ stateDir: '' }, 'stateDir of startEngine must be the path of a folder'],
    [{ host: '0.0.0.0' }, 'host 0.0.0.0 lets others reach the engine: it needs a token'],
    [{ host: '::', token: '' }, 'it needs a token'],
    [{ token: 's3cret' }, 'this one answers this machine only, without a token'],
    [{ token: 's3cret', host: 'localhost' }, 'token guards an engine that others reach'],
    [{ token: 's3cret', host: '::', allowAnyone: true }, 'token and allowAnyone contradict'],
    [{ init: 'ordres' }, 'ordres'],
  ] as [EngineOptions, string][])('%j', async (options, words) => {
    const started = startEngine(options).then((engine) => engine.stop());
    await expect(started).rejects.toMatchObject({
      name: 'AppError',
      message: expect.stringContaining(words),
    });
  });

  it('and so are the values of its methods', async () => {
    await using engine = await startEngine();
    expect(() => engine.faults({ error: 2 })).toThrow('error of faults must be');
    expect(() => engine.faults('error=1%', { seed: 0.5 })).toThrow('seed must be a whole number');
    const wait = (options: object) => engine.waitFor('q', options);
    await expect(wait({ count: -1 })).rejects.toThrow(
      'count of waitFor must be a whole number from 0 to 999999, not -1.',
    );
    await expect(wait({ where: { a: 1 } })).rejects.toThrow('where must be a filter policy');
    await expect(wait({ where: null })).rejects.toThrow('where of waitFor must be a function or');
    await expect(wait({ timeout: 'soon' })).rejects.toThrow(
      'timeout must be a length of time, not "soon".',
    );
    const misspelt = { cuont: 2 } as never;
    await expect(engine.waitFor('q', misspelt)).rejects.toThrow('Did you mean "count"?');
    expect(() => engine.faults('error=1%', { sed: 1 } as never)).toThrow('Did you mean "seed"?');
    const settings = { name: 'shop', subscribers: {} } as never;
    await expect(engine.setUp(settings)).rejects.toThrow(
      'topology of setUp must be a topology from defineTopology, the path of a pubsub.yaml, or a name',
    );
  });

  it.each(['soon', -1, Number.NaN, '11000d', undefined, null, {}] as string[])(
    'a clock is not advanced by %j',
    async (by) => {
      await using engine = await startEngine();
      await expect(engine.advance(by)).rejects.toMatchObject({
        name: 'AppError',
        message: expect.stringContaining('advance must be a length of time'),
      });
    },
  );

  it('a name that is none, as plain JavaScript may give it', async () => {
    await using engine = await startEngine();
    const none = undefined as never;
    expect(() => engine.published(none)).toThrow('topic of published must be a text');
    expect(() => engine.messages(none)).toThrow('queue of messages must be a text');
    expect(() => engine.trace(none)).toThrow('messageId of trace must be a text');
    expect(() => engine.freeze('no' as never)).toThrow('frozen of freeze must be true or false');
    await expect(engine.waitFor(none)).rejects.toThrow('queue of waitFor must be a text');
  });

  it('an async function that should say which messages count', async () => {
    await using engine = await startEngine();
    await ask(engine.endpoint, 'Action=CreateQueue&QueueName=q');
    await ask(engine.endpoint, 'Action=SendMessage&QueueUrl=/000000000000/q&MessageBody=m');
    const where = (async () => false) as never;
    await expect(engine.waitFor('q', { where })).rejects.toThrow('where of waitFor must not be');
  });

  it('a call after the engine was stopped', async () => {
    const engine = await startEngine();
    await engine.stop();
    const stopped = { code: 'EngineStopped', message: 'The engine was stopped.' };
    await expect(engine.setUp(shop)).rejects.toMatchObject(stopped);
    await expect(engine.reset()).rejects.toMatchObject(stopped);
    await expect(engine.advance('1s')).rejects.toMatchObject(stopped);
    await expect(engine.waitFor('q')).rejects.toMatchObject(stopped);
  });

  it('a port that is taken, by whom', async () => {
    await using first = await startEngine();
    await expect(startEngine({ port: first.port })).rejects.toMatchObject({
      code: 'PortTaken',
      message: expect.stringContaining(`another pubsub engine (pid ${process.pid}`),
    });
  });
});

it('two engines never share a state folder; the second starts when the first has ended', async () => {
  const stateDir = join(folder, 'deep', 'state');
  const first = await startEngine({ stateDir });
  await expect(startEngine({ stateDir })).rejects.toMatchObject({ code: 'AlreadyRunning' });
  await first.stop();
  await first.stop();
  await using second = await startEngine({ stateDir });
  expect(() => second.messages('none')).toThrow('no queue none');
});

describe('policies', () => {
  const deliver = async (options: EngineOptions) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      await using engine = await startEngine(options);
      await ask(engine.endpoint, 'Action=CreateTopic&Name=t&Version=2010-03-31');
      await ask(engine.endpoint, 'Action=CreateQueue&QueueName=q');
      const queue = 'arn:aws:sqs:us-east-1:000000000000:q';
      const subscribe = `Action=Subscribe&Protocol=sqs&Endpoint=${queue}&TopicArn=${TOPIC}`;
      await ask(engine.endpoint, `${subscribe}&Version=2010-03-31`);
      for (let count = 0; count < 2; count += 1) await ask(engine.endpoint, publish);
      return { count: engine.messages('q').length, said: warned.mock.calls.map(([text]) => text) };
    } finally {
      warned.mockRestore();
    }
  };

  it('are enforced, and the first refusal of a subscription is a warning', async () => {
    const { count, said } = await deliver({});
    expect(count).toBe(0);
    expect(said).toEqual([
      expect.stringMatching(
        /t does not deliver to .*:q: .*has no policy that allows sns.amazonaws.com/,
      ),
    ]);
  });

  it('or only warned of', async () => {
    const { count, said } = await deliver({ policies: 'warn' });
    expect(count).toBe(2);
    expect(said).toEqual([expect.stringContaining('delivers to')]);
  });
});

describe('init', () => {
  it('sets a topology up at the start and after each reset', async () => {
    await using engine = await startEngine({ init: shop, faults: 'throttle=100%' });
    engine.faults();
    const queue = 'shop-billing-queue';
    await ask(engine.endpoint, `Action=SendMessage&QueueUrl=${queue}&MessageBody=m`);
    expect(engine.messages(queue)).toHaveLength(1);
    await engine.reset();
    expect(engine.messages(queue)).toEqual([]);
    expect((await ask(engine.endpoint, 'Action=ListQueues')).status).toBe(403);
  });

  it('takes a file, a name, and a script that finds the engine by its environment', async () => {
    const file = join(folder, 'pubsub.yaml');
    writeFileSync(file, 'topology: own\ntopics: { own-events: {} }\nsubscribers: { mine: {} }\n');
    await using own = await startEngine({ init: file });
    expect(own.messages('own-mine-queue')).toEqual([]);
    await using weather = await startEngine({ init: 'weather', region: 'eu-west-1' });
    const listed = await ask(weather.endpoint, 'Action=ListQueues', {
      Authorization: 'AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/sqs/aws4_request',
    });
    expect(listed.text).toContain('weather-display-queue');

    const script = join(folder, 'make.mjs');
    const url = 'process.env.AWS_ENDPOINT_URL + "/?Action=CreateQueue&QueueName=scripted"';
    writeFileSync(script, `await fetch(${url});`);
    await using scripted = await startEngine({ init: script });
    expect(scripted.messages('scripted')).toEqual([]);
    writeFileSync(script, 'process.exit(7)');
    await expect(startEngine({ init: script })).rejects.toMatchObject({
      code: 'InitFailed',
      message: `${script} ended with 7.`,
    });
    for (const name of ['missing.sh', 'missing.mjs']) {
      await expect(startEngine({ init: join(folder, name) })).rejects.toMatchObject({
        code: 'InitFailed',
        message: `There is no file ${join(folder, name)}.`,
        hint: `ls ${folder}`,
      });
    }
    const shell = join(folder, 'make.sh');
    writeFileSync(shell, '#!/bin/sh\r\n');
    await expect(startEngine({ init: shell })).rejects.toMatchObject({
      code: 'InitFailed',
      message: `${shell} may not be executed.`,
      hint: `chmod +x ${shell}`,
    });
    chmodSync(shell, 0o755);
    await expect(startEngine({ init: shell })).rejects.toMatchObject({
      code: 'InitFailed',
      message: expect.stringContaining('has Windows line endings'),
    });
  });
});

it('an engine that others reach asks for its token, which its own calls show', async () => {
  await using engine = await startEngine({ host: '0.0.0.0', token: 's3cret', init: shop });
  expect((await ask(engine.endpoint, 'Action=ListQueues')).status).toBe(401);
  expect(engine.env).toMatchObject({ AWS_SESSION_TOKEN: 's3cret' });
  expect((await engine.setUp(shop)).changes).toBe(0);
  await using open = await startEngine({ host: '0.0.0.0', allowAnyone: true });
  expect((await ask(open.endpoint, 'Action=ListQueues')).status).toBe(200);
});

it('HTTP subscriptions lead to the hosts that are allowed, whatever their case', async () => {
  await using engine = await startEngine({ allowHttp: ['Hooks.invalid:8080'] });
  const topic = `Version=2010-03-31&TopicArn=${TOPIC}`;
  await ask(engine.endpoint, 'Action=CreateTopic&Name=t&Version=2010-03-31');
  for (const host of ['hooks.invalid:8080', 'other.invalid']) {
    const Endpoint = encodeURIComponent(`http://${host}/`);
    await ask(engine.endpoint, `Action=Subscribe&Protocol=http&Endpoint=${Endpoint}&${topic}`);
  }
  await vi.waitFor(async () => {
    const answer = await fetch(`${engine.endpoint}/_pubsub/deliveries`);
    expect(await answer.json()).toMatchObject({
      deliveries: [
        { endpoint: 'http://hooks.invalid:8080/', attempts: [expect.anything()] },
        { endpoint: 'http://other.invalid/', state: 'kept' },
      ],
    });
  });
});

it('stop ends the waits under way', async () => {
  const engine = await startEngine();
  const waiting = engine.waitFor('never', { timeout: '1h' });
  const refused = expect(waiting).rejects.toMatchObject({ code: 'EngineStopped' });
  await engine.stop();
  await refused;
  await expect(engine.waitFor('never')).rejects.toMatchObject({ code: 'EngineStopped' });
});
