import {
  type ActionResult,
  API_PREFIX,
  type ApiFailure,
  type ComparisonView,
  type DoctorView,
  type EventCatalogue,
  type EventRequest,
  type ExplainView,
  type FixRequest,
  type FixView,
  type MailsView,
  type MessageDetail,
  type MessagePage,
  type NodeDetail,
  type Overview,
  type PublishRequest,
  type PublishView,
  type QueueAction,
  type QueueMessages,
  type ResendRequest,
  SESSION_HEADER,
  type Session,
} from '../../src/lib/dashboard/api/index.ts';
import { session, token } from './session.ts';

/** A request that the server answered with a failure, or that didn't reach it (`EngineGone`). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  /** What to do; null where nothing is known. */
  readonly hint: string | null;
  constructor({ code, message, hint }: ApiFailure['error']) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** The headers of every request. */
export function sessionHeaders(): Record<string, string> {
  const own = token();
  return own === undefined ? {} : { [SESSION_HEADER]: own };
}

async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  const headers = { ...sessionHeaders(), ...init.headers };
  const response = await fetch(API_PREFIX + path, { ...init, headers }).catch((cause) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError({
      code: 'EngineGone',
      message: 'Nothing answers at this address any more.',
      hint: session.peek()?.command ?? null,
    });
  });
  if (response.ok) return response.json();
  throw new ApiError(await failureOf(response));
}

async function failureOf(response: Response): Promise<ApiFailure['error']> {
  const answer = await response.json().catch(() => undefined);
  return (
    answer?.error ?? {
      code: String(response.status),
      message: `The server answered ${response.status} ${response.statusText}.`,
      hint: null,
    }
  );
}

function post<T>(path: string, body: unknown): Promise<T> {
  return call(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** What may be done to messages of a queue. */
export type QueueDeed = 'redrive' | 'delete' | 'purge';

const id = encodeURIComponent;

/** One function a request. All reject with `ApiError`. */
export const api = {
  session: () => call<Session>('session'),
  overview: () => call<Overview>('overview'),
  node: (node: string) => call<NodeDetail>(`node/${id(node)}`),
  messages: (query: string, signal?: AbortSignal) =>
    call<MessagePage>(`messages?${query}`, signal ? { signal } : {}),
  message: (message: string) => call<MessageDetail>(`messages/${id(message)}`),
  queueMessages: (queue: string, limit: number) =>
    call<QueueMessages>(`queues/${id(queue)}/messages?limit=${limit}`),
  act: (queue: string, deed: QueueDeed, action: QueueAction) =>
    post<ActionResult>(`queues/${id(queue)}/${deed}`, action),
  resend: (queue: string, request: ResendRequest) =>
    post<ActionResult>(`queues/${id(queue)}/resend`, request),
  events: () => call<EventCatalogue>('events'),
  explain: (request: EventRequest) => post<ExplainView>('explain', request),
  publish: (request: PublishRequest) => post<PublishView>('publish', request),
  comparison: () => call<ComparisonView>('comparison'),
  mails: () => call<MailsView>('mails'),
  doctor: () => call<DoctorView>('doctor'),
  fix: (request: FixRequest) => post<FixView>('doctor/fix', request),
};
