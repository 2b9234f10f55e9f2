import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientName } from '../../rules/client-name.ts';
import { VERSION } from '../../rules/version.ts';
import type { Engine } from '../engine.ts';
import { isReadOnly, type RequestLog } from '../http/request-log.ts';
import { sendJson } from '../http/send-json.ts';
import type { Services } from '../services/index.ts';
import type { DeliverySink } from '../services/sns/delivery/sink.ts';
import { streamEvents } from './events.ts';
import { sendCode } from './function-code.ts';
import { functionFigures } from './functions.ts';
import { writeHistory } from './history.ts';
import { logAfter, messageIds, messageReach, messageWay, publishedWith } from './message-paths.ts';
import { METRICS_TYPE, renderMetrics } from './metrics.ts';
import { PEEK_LIMIT, peek, queueOfPath } from './peek.ts';
import { queueFigures } from './queues.ts';
import { queueReceivers } from './receivers.ts';
import { traceOf } from './traces/known-trace.ts';

/** Everything outside the AWS API lies below this path; no queue's URL can, since accounts are numbers. */
export const OBSERVE_PREFIX = '/_pubsub/';

/** What the health path answers. */
export interface Health {
  /**
   * `degraded` while the engine can't do all that it should: see `problems`. `starting`, answered with 503, while it is
   * still being made ready.
   */
  readonly status: 'ok' | 'degraded' | 'starting';
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  /** Made anew at each start: tells this engine from any other on the same port. */
  readonly instance: string;
  readonly version: string;
  readonly pid: number;
  /** Seconds since the start. */
  readonly uptime: number;
  readonly ephemeral: boolean;
  readonly stateDir: string | null;
}

export interface ObserveParts {
  readonly engine: Engine;
  readonly services: Services;
  readonly requests: RequestLog;
  readonly instance: string;
  /** Whether somebody is still making the engine ready. */
  isStarting: boolean;
}

/** Answers the paths outside the AWS API. They are documented in docs/engine.md. */
export function observe(
  parts: ObserveParts,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const path = url.pathname.slice(OBSERVE_PREFIX.length);
  // `wget --spider`, which health checks of containers use, asks with HEAD.
  const isHealthProbe = request.method === 'HEAD' && path === 'health';
  if (request.method !== 'GET' && !isHealthProbe) {
    sendJson(response, 405, { error: 'only GET is answered here' });
    return;
  }
  switch (path) {
    case 'health':
      sendJson(response, parts.isStarting ? 503 : 200, health(parts));
      return;
    case 'metrics':
      send(
        response,
        200,
        METRICS_TYPE,
        renderMetrics(parts.services, parts.engine, process.uptime()),
      );
      return;
    case 'events':
      void streamEvents(parts.engine.trace, response);
      return;
    case 'requests':
      sendJson(response, 200, requestsMade(parts.requests, url));
      return;
    case 'queues':
      sendJson(response, 200, queueFigures(parts.engine));
      return;
    case 'functions':
      sendJson(response, 200, functionFigures(parts.engine));
      return;
    case 'policies':
      sendJson(response, 200, policiesOf(parts.engine));
      return;
    case 'receivers':
      sendJson(response, 200, queueReceivers(parts.engine));
      return;
    case 'repeats':
      sendJson(response, 200, {
        repeats: parts.engine.sns.repeats.of(url.searchParams.get('topic') ?? ''),
      });
      return;
    case 'trace':
      sendJson(response, 200, messageWay(parts.engine, url.searchParams));
      return;
    case 'spans':
      sendJson(response, 200, traceOf(parts.engine, url.searchParams));
      return;
    case 'ids':
      sendJson(response, 200, messageIds(parts.engine, url.searchParams));
      return;
    case 'log':
      sendJson(response, 200, logAfter(parts.engine, url.searchParams));
      return;
    case 'reach':
      sendJson(response, 200, messageReach(parts.engine, url.searchParams));
      return;
    case 'published':
      sendJson(response, 200, publishedWith(parts.engine, url.searchParams));
      return;
    case 'deliveries':
      sendJson(response, 200, deliveries(parts.engine.sns.sink, url));
      return;
    case 'code':
      sendCode(parts.engine.lambda, url.searchParams, response);
      return;
    case 'history':
      void writeHistory(parts.engine, url.searchParams, response);
      return;
    default: {
      const queue = queueOfPath(parts.engine.sqs, path);
      if (queue !== undefined) {
        sendJson(response, 200, peek(parts.engine.sqs, queue, limit(url) ?? PEEK_LIMIT.usual));
      } else {
        sendJson(response, 404, { error: `there is nothing at ${url.pathname}` });
      }
    }
  }
}

function policiesOf({ options, policyNotes, roleNotes }: Engine) {
  const { policies = 'enforce' } = options;
  return { policies, refusals: policyNotes.all, roles: roleNotes.all };
}

function health({ engine, instance, isStarting }: ObserveParts): Health {
  const { stateDir } = engine.options;
  const said = [engine.journal.refusal?.message, engine.tables.problem];
  const problems = said.flatMap((message) =>
    message === undefined ? [] : [{ code: 'DiskRefusesWrites', message }],
  );
  return {
    status: isStarting ? 'starting' : problems.length === 0 ? 'ok' : 'degraded',
    problems,
    instance,
    version: VERSION,
    pid: process.pid,
    uptime: process.uptime(),
    ephemeral: stateDir === undefined,
    stateDir: stateDir ?? null,
  };
}

/** The requests that the query string asks for, and the number after which the next ones come. */
function requestsMade(log: RequestLog, url: URL) {
  const requests = log.latest(limit(url), whole(url, 'after')).map(({ userAgent, ...request }) => ({
    ...request,
    readOnly: isReadOnly(request.action),
    ...clientName(userAgent),
  }));
  return { last: log.last, requests };
}

/** What went to anything but queues, the oldest first; the newest of them where there are more than the limit. */
function deliveries(sink: DeliverySink, url: URL) {
  const text = (name: string) => url.searchParams.get(name) ?? undefined;
  const found = sink.find({
    protocol: text('protocol'),
    endpoint: text('endpoint'),
    topicArn: text('topic'),
    after: whole(url, 'after'),
  });
  return { last: sink.last, deliveries: found.slice(-(limit(url) ?? found.length)) };
}

/** The query string's `limit`, a whole number from 1; without one, what is asked for has a bound of its own. */
function limit(url: URL): number | undefined {
  return whole(url, 'limit');
}

function whole(url: URL, name: string): number | undefined {
  const text = url.searchParams.get(name);
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
