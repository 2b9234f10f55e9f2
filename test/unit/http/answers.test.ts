import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { answerBrokenRequest } from '../../../src/lib/http/broken-request.ts';
import { check } from '../../../src/lib/http/check.ts';
import { failureAnswer, isOutage, problemOf, slow } from '../../../src/lib/http/failures.ts';
import { queryParameters } from '../../../src/lib/http/openapi-parts.ts';
import { Problem, problemBody } from '../../../src/lib/http/problem.ts';
import { PLAIN_PROBLEMS } from '../../../src/lib/http/problem-format.ts';
import type { ServerLogEntry } from '../../../src/lib/http/server-log.ts';
import { serverLogLine } from '../../../src/lib/http/server-log.ts';

afterEach(() => vi.useRealTimers());

describe('a failure', () => {
  it.each([
    [500, 1],
    [503, 1],
    [499, 0],
    [404, 0],
  ])('of status %i is logged %i times', (status, times) => {
    const logged: ServerLogEntry[] = [];
    const problem = new Problem(status, 'Odd', 'It is odd.', { headers: { a: 'b' } });
    expect(failureAnswer(problem, 'r-1', (entry) => logged.push(entry))).toEqual({
      ...{ status, body: '{"error":{"code":"Odd","message":"It is odd."}}' },
      headers: { a: 'b', 'content-type': 'application/json; charset=utf-8' },
    });
    const entry = { kind: 'failure', requestId: 'r-1', message: 'It is odd' };
    expect(logged).toEqual(Array(times).fill(entry));
  });

  it('is called what it is, and says what is wrong with each field', () => {
    const errors = { a: ['is missing'] };
    const problem = new Problem(422, 'Invalid', 'x', { errors });
    expect([problem.name, problem.headers, problemBody(problem)]).toEqual([
      ...['Problem', {}, '{"errors":{"a":["is missing"]}}'],
    ]);
  });

  it.each([
    [slow(), 'AnswerTimeout', 'There was no answer within 25 s.'],
    [slow(1_260), 'AnswerTimeout', 'There was no answer within 1.3 s.'],
    [problemOf({ code: '55P03' }), 'Busy', 'Somebody else changes this just now: try again.'],
    [problemOf({ code: '57P01' }), 'DatabaseUnavailable', 'The data can not be reached just now.'],
  ])('that passes says when to come again: %s', (problem, code, message) => {
    expect(problem).toMatchObject({ status: 503, code, message, headers: { 'retry-after': '1' } });
  });

  it.each([
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 'UnsupportedMediaType', 'Send JSON in UTF-8'],
    ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'TooLarge', 'The body is too large.'],
    ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400, 'WrongLength', 'as long as Content-Length says.'],
    ['FST_ERR_BAD_URL', 400, 'MalformedUrl', 'The address is not a valid URL.'],
    ['FST_ERR_MAX_PARAM_LENGTH', 404, 'NotFound', 'There is nothing at this address.'],
    ['x', 500, 'InternalError', 'Something went wrong; the log says what.'],
  ])('of the framework has words of ours: %s', (code, status, ours, words) => {
    expect(problemOf({ code })).toMatchObject({
      ...{ status, code: ours, message: expect.stringContaining(words) },
    });
  });

  it.each([
    [400, 'BadRequest'],
    [499, 'BadRequest'],
    [399, 'InternalError'],
    [500, 'InternalError'],
  ])('of status %i elsewhere is %s', (statusCode, code) => {
    expect(problemOf({ statusCode }).code).toBe(code);
    if (code === 'BadRequest') expect(problemOf({ statusCode }).status).toBe(statusCode);
  });

  it.each<[unknown, boolean]>([
    ...['08006', '25006', '40001', '40P01', '53300', '57014', '58030', 'ECONNRESET'].map(
      (code): [object, boolean] => [{ code }, true],
    ),
    ...['22003', '25001', '42P01', '108', 'E', 'e', 'EPIPE2', 'XECONN', '55P03'].map(
      (code): [object, boolean] => [{ code }, false],
    ),
    ...[
      'Query read timeout',
      'Connection TERMINATED',
      'it was closed',
      'Client is not queryable',
    ].map((message): [object, boolean] => [{ message }, true]),
    [{ message: 'ending' }, true],
    [{ message: 'Called end after calling end' }, true],
    [{ message: 'something else' }, false],
    [{ code: 'x', message: 'timeout' }, false],
    [{ code: 7, message: 'timeout' }, true],
  ])('that is %j means that the database is away: %s', (error, is) => {
    expect(isOutage(error)).toBe(is);
  });
});

describe('a request that broke', () => {
  const answered = async (code: string | undefined, during?: (client: Socket) => Promise<void>) => {
    const server = createServer((socket) => {
      answerBrokenRequest(Object.assign(new Error('x'), { code }), socket, PLAIN_PROBLEMS);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const said = text(client);
    await during?.(client);
    const answer = await said;
    server.close();
    return answer;
  };

  it.each([
    ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large', 'HeadersTooLarge'],
    ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout', 'RequestTimeout'],
    ['HPE_INVALID_METHOD', '400 Bad Request', 'MalformedRequest'],
    [undefined, '400 Bad Request', 'MalformedRequest'],
  ])('with %s is answered %s', async (code, line, own) => {
    const words: Readonly<Record<string, string>> = {
      HeadersTooLarge: 'The headers are too large.',
      RequestTimeout: 'The request did not arrive within 15 s.',
      MalformedRequest: 'This is not an HTTP request.',
    };
    const body = JSON.stringify({ error: { code: own, message: words[own] } });
    expect((await answered(code)).split('\r\n')).toEqual([
      ...[`HTTP/1.1 ${line}`, 'Content-Type: application/json; charset=utf-8'],
      ...[`Content-Length: ${body.length}`, 'Connection: close', '', body],
    ]);
  });

  it('keeps its connection no longer than a second, whatever its client does', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      answerBrokenRequest(new Error('x'), socket, PLAIN_PROBLEMS);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).resume();
    await once(client, 'end');
    const open = () =>
      new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
    vi.advanceTimersByTime(999);
    await new Promise(setImmediate);
    expect(await open()).toBe(1);
    vi.advanceTimersByTime(1);
    await new Promise(setImmediate);
    expect(await open()).toBe(0);
    client.destroy();
    server.close();
  });
});

describe('what is wrong with a value', () => {
  const schema = z.strictObject({
    a: z.string('must be text'),
    b: z.object({ c: z.number('no') }),
  });
  const errorsOf = (value: unknown, of: z.ZodType = schema) => {
    try {
      check(of, value, 'body');
    } catch (error) {
      return (error as Problem).errors;
    }
    return undefined;
  };

  it('is told by the name of each field, or by that of all of it', () => {
    expect(check(schema, { a: 'x', b: { c: 1 } }, 'body')).toEqual({ a: 'x', b: { c: 1 } });
    expect(errorsOf({ a: 1, b: { c: 'x' } })).toEqual({ a: ['must be text'], c: ['no'] });
    expect(errorsOf(7, z.object({}, 'must be an object'))).toEqual({ body: ['must be an object'] });
  });

  it('is told once where it is the same, and together where it is several things', () => {
    const twice = z
      .object({ a: z.string() })
      .refine(() => false, { path: ['a'], message: 'one' })
      .refine(() => false, { path: ['a'], message: 'one' })
      .refine(() => false, { path: ['a'], message: 'two' });
    expect(errorsOf({ a: 'x' }, twice)).toEqual({ a: ['one', 'two'] });
  });
});

it('describes what a query takes, and what of it has to be there', () => {
  const query = z.object({ a: z.string(), b: z.number().optional(), c: z.date().optional() });
  expect(queryParameters(query)).toEqual([
    { name: 'a', in: 'query', schema: { type: 'string' }, required: true },
    { name: 'b', in: 'query', schema: { type: 'number' } },
    { name: 'c', in: 'query', schema: {} },
  ]);
  expect(queryParameters(z.object({ b: z.number().optional() }))).toEqual([
    { name: 'b', in: 'query', schema: { type: 'number' } },
  ]);
  expect(queryParameters(z.string())).toEqual([]);
});

it.each([
  [499, 'info', 1.24, 1.2],
  [500, 'error', 1.25, 1.3],
  [200, 'info', 10, 10],
])('a request of status %i is logged as %s, its %d ms as %d', (status, level, ms, shown) => {
  const request = {
    kind: 'request',
    requestId: 'r',
    method: 'GET',
    route: '/',
    status,
    ms,
  } as const;
  expect(JSON.parse(serverLogLine(request, 0))).toMatchObject({ level, ms: shown });
});
