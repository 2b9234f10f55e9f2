import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, usageError } from '../../rules/errors.ts';
import { formatFaults, NO_FAULTS, parseFaults, parseSeed } from '../../rules/faults.ts';
import { shownText, shownValue } from '../../rules/text/shown-text.ts';
import { MAX_WAIT_COUNT } from '../background/wait-in-queue.ts';
import type { Engine } from '../engine.ts';
import type { FaultSwitch } from '../http/fault-injector.ts';
import { readBody } from '../http/read-body.ts';
import { sendJson } from '../http/send-json.ts';
import { clockFace, clockOf, parseTime } from './clock-control.ts';
import { byPolicy, WAIT_TIMEOUT_MS, waitForMessages } from './wait.ts';

/** What the paths that change an engine work on. */
export interface ControlParts {
  readonly engine: Engine;
  readonly faults: FaultSwitch;
}

/** What a request says: the members of its JSON body, and the parameters of its query string. */
type Given = Readonly<Record<string, unknown>>;

interface Control {
  /** What it may be given. */
  readonly members: readonly string[];
  run(parts: ControlParts, given: Given, signal: AbortSignal): unknown;
}

/** How long `wait` may be asked to wait, in milliseconds. */
const MAX_WAIT_MS = 600_000;

const CONTROLS: Readonly<Record<string, Control>> = {
  reset: {
    members: [],
    async run({ engine }) {
      await engine.reset();
      return { reset: true };
    },
  },
  clock: {
    members: ['advance', 'frozen'],
    async run({ engine }, given) {
      const clock = clockOf(engine);
      const frozen = readFlag(given.frozen, 'frozen');
      const advance = given.advance === undefined ? undefined : parseTime(given.advance, 'advance');
      if (frozen === true) clock.freeze();
      if (advance !== undefined) await clock.advance(advance);
      if (frozen === false) clock.run();
      return clockFace(clock);
    },
  },
  faults: {
    members: ['faults', 'seed'],
    run({ faults }, given) {
      if (given.faults !== undefined) {
        const text = readText(given.faults, 'faults');
        const seed = given.seed === undefined ? 0 : parseSeed(String(given.seed));
        faults.set(text === '' ? NO_FAULTS : parseFaults(text), seed);
      }
      return { faults: formatFaults(faults.faults), seed: faults.seed };
    },
  },
  wait: {
    members: ['queue', 'count', 'where', 'timeout'],
    async run({ engine }, given, signal) {
      const { queue, count = '1', where, timeout } = given;
      if (typeof queue !== 'string') throw usageError('queue is missing.', '"queue": "NAME"');
      const policy = typeof where === 'string' ? where : JSON.stringify(where);
      const found = await waitForMessages(engine, queue, {
        count: readCount(count),
        ...(where === undefined ? {} : { where: byPolicy(policy) }),
        timeout: Math.min(
          MAX_WAIT_MS,
          timeout === undefined ? WAIT_TIMEOUT_MS : parseTime(timeout, 'timeout'),
        ),
        signal,
      });
      return { messages: found };
    },
  },
};

const PREFIX = '/_pubsub/';

/** Whether a request is for one of the paths that change the engine. */
export function isControlPath({ url = '' }: IncomingMessage): boolean {
  return controlOf(url) !== undefined;
}

function controlOf(url: string): Control | undefined {
  if (!url.startsWith(PREFIX)) return undefined;
  const [name = ''] = url.slice(PREFIX.length).split('?');
  return Object.hasOwn(CONTROLS, name) ? CONTROLS[name] : undefined;
}

/**
 * Answers the paths that change the engine, with `POST`: `reset`, `clock`, `faults`, `wait` below `/_pubsub/`. `GET`
 * tells what clock and faults are. They are documented in docs/testing.md.
 */
export function control(
  parts: ControlParts,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '', 'http://localhost');
  const asked = controlOf(url.pathname);
  const changes = url.pathname === `${PREFIX}reset` || url.pathname === `${PREFIX}wait`;
  if (asked === undefined || (request.method !== 'POST' && (changes || request.method !== 'GET'))) {
    sendJson(response, 405, { error: { code: 'MethodNotAllowed', message: 'Use POST here.' } });
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  readBody(request, (body) => {
    answer(parts, asked, request.method === 'GET' ? '' : body, url, gone.signal).then(
      (value) => sendJson(response, 200, value),
      (error: unknown) => {
        if (!gone.signal.aborted) sendJson(response, statusOf(error), { error: told(error) });
      },
    );
  });
}

async function answer(
  parts: ControlParts,
  asked: Control,
  body: string | undefined,
  url: URL,
  signal: AbortSignal,
): Promise<unknown> {
  const given = { ...Object.fromEntries(url.searchParams), ...readGiven(body ?? '') };
  refuseUnknown(given, asked, url.pathname.slice(PREFIX.length));
  return asked.run(parts, given, signal);
}

function refuseUnknown(given: Given, { members }: Control, name: string): void {
  const odd = Object.keys(given).find((member) => !members.includes(member));
  if (odd === undefined) return;
  const takes = members.length === 0 ? 'nothing' : members.join(', ');
  throw usageError(`${name} does not take "${shownText(odd)}".`, `It takes ${takes}.`);
}

function readGiven(body: string): Given {
  if (body.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw usageError(`The body is not JSON: ${(cause as Error).message}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usageError('The body is not a JSON object.');
  // Many serializers write null for a member that nobody set.
  return Object.fromEntries(Object.entries(value).filter(([, given]) => given !== null));
}

/** As JSON has it, or as a query string does. */
function readFlag(value: unknown, name: string): boolean | undefined {
  if (value === undefined) return undefined;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw usageError(`${name} must be true or false, not ${shownValue(value)}.`, `"${name}": true`);
}

/** As JSON has it, or as a query string and `pubsub wait` do. */
function readCount(value: unknown): number {
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (Number.isInteger(count) && Number(count) >= 0 && Number(count) <= MAX_WAIT_COUNT) {
    return Number(count);
  }
  const range = `a whole number from 0 to ${MAX_WAIT_COUNT}`;
  throw usageError(`count must be ${range}, not ${shownValue(value)}.`, '"count": 3');
}

function readText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw usageError(`${name} must be a text, not ${shownValue(value)}.`, `"${name}": "throttle=5%"`);
}

function statusOf(error: unknown): number {
  if (!(error instanceof AppError)) return 500;
  return error.code === 'WaitTimedOut' ? 408 : error.exitCode === 2 ? 400 : 409;
}

function told(error: unknown): object {
  if (!(error instanceof AppError)) {
    return { code: 'InternalFailure', message: error instanceof Error ? error.message : 'failed' };
  }
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
