import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { answerBrokenRequest } from '../../../src/lib/http/broken-request.ts';
import { problemOf } from '../../../src/lib/http/failures.ts';
import { PLAIN_PROBLEMS } from '../../../src/lib/http/problem-format.ts';
import { withinCheckTime } from '../../../src/lib/http/ready-check.ts';
import { orderProblem } from '../../../src/lib/orders/http/order-failures.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';

afterEach(() => vi.useRealTimers());

const away = new AppError({
  ...{ code: 'EndpointUnreachable', message: 'Nothing answers.' },
  cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
});

describe('what went wrong is answered', () => {
  it.each<[object, number, string]>([
    [{ code: 'FST_ERR_CTP_INVALID_CONTENT_LENGTH', statusCode: 400 }, 400, 'WrongLength'],
    [{ code: 'FST_ERR_BAD_URL', statusCode: 400 }, 400, 'MalformedUrl'],
    [{ statusCode: 418 }, 418, 'BadRequest'],
    [{ statusCode: 399 }, 500, 'InternalError'],
    [{ statusCode: 500 }, 500, 'InternalError'],
    [{ code: '55P03' }, 503, 'Busy'],
    [{ code: 'FST_ERR_HANDLER_TIMEOUT', statusCode: 503 }, 503, 'AnswerTimeout'],
    [{ code: 'ECONNREFUSED' }, 503, 'DatabaseUnavailable'],
    [{ code: '57P01' }, 503, 'DatabaseUnavailable'],
    [{ code: '42601', message: 'the statement is closed' }, 500, 'InternalError'],
    [{ message: 'Connection terminated' }, 503, 'DatabaseUnavailable'],
    [away, 503, 'DatabaseUnavailable'],
    [new AppError({ code: 'TopicNotFound', message: 'closed' }), 500, 'InternalError'],
    [new AggregateError([{ code: 'ECONNREFUSED' }]), 503, 'DatabaseUnavailable'],
    [new AggregateError([{ code: 'ECONNREFUSED' }, { code: 'x' }]), 500, 'InternalError'],
    [{}, 500, 'InternalError'],
  ])('%j with %d %s', (thrown, status, code) => {
    expect(problemOf(thrown)).toMatchObject({ status, code });
  });

  it.each<[object, number, string]>([
    [{ code: '55P03' }, 503, 'OrderBusy'],
    [{ code: 'ECONNREFUSED' }, 503, 'DatabaseUnavailable'],
    // Of the request, not of the database.
    [{ statusCode: 400, message: 'The connection was closed.' }, 400, 'BadRequest'],
    [{ code: 'FST_ERR_HANDLER_TIMEOUT', message: 'timeout' }, 503, 'AnswerTimeout'],
  ])('by the order API, %j with %d %s', (thrown, status, code) => {
    expect(problemOf(thrown, orderProblem)).toMatchObject({ status, code });
  });
});

it('waits three seconds for what says whether a server is ready', async () => {
  vi.useFakeTimers();
  const late = withinCheckTime(new Promise(() => {}));
  vi.advanceTimersByTime(3_000);
  await expect(late).rejects.toThrow('no answer within 3 s');
});

it.each([
  ['ECONNRESET', ''],
  ['HPE_INVALID_METHOD', 'HTTP/1.1 400 Bad Request'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'HTTP/1.1 408 Request Timeout'],
])('answers a request that broke with %s: "%s"', async (code, line) => {
  const server = createServer((socket) => {
    answerBrokenRequest(Object.assign(new Error('broken'), { code }), socket, PLAIN_PROBLEMS);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const answer = await text(connect((server.address() as AddressInfo).port, '127.0.0.1'));
  server.close();
  expect(answer.split('\r\n')[0]).toBe(line);
});
