import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningEngine, startEngine } from '../../../src/lib/engine/http/server.ts';

let running: RunningEngine;
beforeAll(async () => {
  running = await startEngine();
});
afterAll(() => running.stop());

async function ask(path: string, body?: unknown, method = 'POST') {
  const response = await fetch(`${running.endpoint}/_pubsub/${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}
const usage = (message: string, hint?: string) => ({
  status: 400,
  error: { code: 'InvalidInput', message, ...(hint === undefined ? {} : { hint }) },
});
const range = 'count must be a whole number from 0 to 999999';
const COUNT = '"count": 3';
const LENGTH = 'Such as 500ms, 30s or 1h30m';

describe('what changes the engine', () => {
  it.each<[string, unknown, object]>([
    ['reset', { all: true }, usage('reset does not take "all".', 'It takes nothing.')],
    ['clock', { speed: 1 }, usage('clock does not take "speed".', 'It takes advance, frozen.')],
    ['clock', '[]', usage('The body is not a JSON object.')],
    ['clock', '7', usage('The body is not a JSON object.')],
    [
      'clock',
      { frozen: 'yes' },
      usage('frozen must be true or false, not "yes".', '"frozen": true'),
    ],
    ['clock', { advance: 'soon' }, usage('advance must be a length of time, not "soon".', LENGTH)],
    ['clock', { advance: '11y' }, usage('advance must be a length of time, not "11y".', LENGTH)],
    [
      'clock',
      { advance: 315_360_000_001 },
      usage('advance must be a length of time of ten years at most.', LENGTH),
    ],
    ['faults', { fault: '' }, usage('faults does not take "fault".', 'It takes faults, seed.')],
    ['faults', { faults: 7 }, usage('faults must be a text, not 7.', '"faults": "throttle=5%"')],
    ['wait', {}, usage('queue is missing.', '"queue": "NAME"')],
    [
      'wait',
      { queue: 'q', for: 1 },
      usage('wait does not take "for".', 'It takes queue, count, where, timeout.'),
    ],
    ['wait', { queue: 'q', count: -1 }, usage(`${range}, not -1.`, COUNT)],
    ['wait', { queue: 'q', count: 1.5 }, usage(`${range}, not 1.5.`, COUNT)],
    ['wait', { queue: 'q', count: 'x' }, usage(`${range}, not "x".`, COUNT)],
    ['wait', { queue: 'q', count: 1_000_000 }, usage(`${range}, not 1000000.`, COUNT)],
    [
      'wait',
      { queue: 'q', timeout: 'x' },
      usage('timeout must be a length of time, not "x".', LENGTH),
    ],
  ])('%s refuses %j', async (path, body, refusal) => {
    expect(await ask(path, body)).toEqual(refusal);
  });

  it('is read from the query string too, where null and nothing change nothing', async () => {
    expect(await ask('clock?frozen=true&advance=1s', { frozen: null })).toMatchObject({
      status: 200,
      frozen: true,
      advanced: 1000,
    });
    expect(await ask('clock', { advance: 500 })).toMatchObject({ frozen: true, advanced: 1500 });
    expect(await ask('clock', undefined, 'GET')).toMatchObject({ frozen: true, advanced: 1500 });
    expect(await ask('clock', ' ')).toMatchObject({ frozen: true, advanced: 1500 });
    expect(await ask('clock?frozen=false')).toMatchObject({ frozen: false });
  });

  it('tells the faults, and takes them back', async () => {
    const faults = { status: 200, faults: 'throttle=5%', seed: 0 };
    expect(await ask('faults', { faults: 'throttle=5%' })).toEqual(faults);
    expect(await ask('faults', { seed: 7 })).toEqual(faults);
    expect(await ask('faults', undefined, 'GET')).toEqual(faults);
    expect(await ask('faults?faults=&seed=7')).toEqual({ status: 200, faults: '', seed: 7 });
  });

  it('is asked with POST', async () => {
    const refusal = { status: 405, error: { code: 'MethodNotAllowed', message: 'Use POST here.' } };
    for (const path of ['reset', 'wait'])
      expect(await ask(path, undefined, 'GET')).toEqual(refusal);
    for (const path of ['reset', 'clock', 'faults', 'wait']) {
      expect(await ask(path, {}, 'PUT')).toEqual(refusal);
    }
  });

  it('says what a wait waited for', async () => {
    const waited = (message: string, hint: string) => ({
      status: 408,
      error: { code: 'WaitTimedOut', message, hint },
    });
    expect(await ask('wait', { queue: 'q', timeout: 1 })).toEqual(
      waited('Waited for 1 message in q: there is no such queue after 0.001 s.', 'pubsub ls'),
    );
    const call = (target: string, body: object) =>
      fetch(running.endpoint, {
        method: 'POST',
        headers: {
          'X-Amz-Target': `AmazonSQS.${target}`,
          'Content-Type': 'application/x-amz-json-1.0',
        },
        body: JSON.stringify(body),
      });
    await call('CreateQueue', { QueueName: 'q' });
    await call('SendMessage', { QueueUrl: 'q', MessageBody: '{"a":"b"}' });
    expect(await ask('wait', { queue: 'q', count: 2, timeout: '1ms' })).toEqual(
      waited('Waited for 2 messages in q: 1 after 0.001 s.', 'pubsub doctor'),
    );
    expect(await ask('wait', { queue: 'q', where: { a: ['c'] }, timeout: 1 })).toEqual(
      waited('Waited for 1 message in q: 0 that fit, of 1 after 0.001 s.', 'pubsub doctor'),
    );
    expect(await ask('wait', { queue: 'q', count: 0, timeout: 1 })).toEqual(
      waited('Waited for no message in q: 1 after 0.001 s.', 'pubsub doctor'),
    );
    expect(await ask('wait?queue=q&count=1')).toMatchObject({ messages: [{ body: '{"a":"b"}' }] });
    expect(await ask('wait', { queue: 'q', where: '{"a":["b"]}' })).toMatchObject({ status: 200 });
    expect(await ask('wait', { queue: 'q', where: { a: ['c'] }, count: '0' })).toEqual({
      status: 200,
      messages: [],
    });
    expect(await ask('wait', { queue: 'q', where: '{' })).toMatchObject({
      status: 400,
      error: { message: expect.stringContaining('where must be a filter policy: ') },
    });
  });
});
