import { batch, signal } from '@preact/signals';
import {
  API_PREFIX,
  type DemoCaption,
  type StreamEvents,
  type StreamFrame,
  type StreamState,
} from '../../src/lib/dashboard/api/index.ts';
import { sessionHeaders } from './api.ts';
import { EventStreamReader, type ServerEvent } from './event-stream.ts';

/** Names the lock of the tab that reads the stream, and the channel on which it hands events to the others. */
const STREAM = 'pubsub-stream';
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 3_000;
/** The server sends something every 15 s: after this long without, the connection is dead. */
const SILENCE_TIMEOUT_MS = 40_000;

/** What happened longer ago was told late, such as after the target was away: nothing of it moves now, in milliseconds. */
const LATE_MS = 5_000;

/** How the page is connected. `gone`: the page's server answers, the target doesn't. */
export interface Connection {
  readonly state: 'connecting' | 'live' | 'reconnecting' | 'gone';
  /** A sentence; null while all is well. */
  readonly reason: string | null;
}

/** The connection, as this tab or the one that reads for it sees it. */
export const connection = signal<Connection>({ state: 'connecting', reason: null });
/** The step that a running demo shows; undefined without one. */
export const demoCaption = signal<DemoCaption | undefined>(undefined);

/** What the stores of the page hear. */
export interface StreamListener {
  frame?(frame: StreamFrame): void;
  /** What is there changed. */
  changed?(): void;
  /** Events may be missing: what is shown has to be read anew. */
  resync?(): void;
}

const listeners = new Set<StreamListener>();

/** Hears what the stream says, once an animation frame, until the function that it returns is called. */
export function listen(listener: StreamListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

type Told =
  | { readonly event: ServerEvent }
  | { readonly connection: Connection }
  | { readonly asks: 'past' }
  | { readonly past: Past };

/** What a tab that comes later has to know. */
interface Past {
  readonly connection: Connection;
  readonly caption: DemoCaption | undefined;
  readonly instance: string | undefined;
}

const channel = new BroadcastChannel(STREAM);
let reads = false;
let lastId = '';
let instance: string | undefined;
let waiting: ServerEvent[] = [];

/**
 * Begins to follow the stream, and goes on until the tab is closed. Of all visible tabs of this address one reads it
 * and tells the others, because browsers keep six connections an origin; a hidden tab reads nothing.
 */
export function followStream(): void {
  let visible: AbortController | undefined;
  const look = (): void => {
    if (document.hidden) {
      visible?.abort();
      visible = undefined;
    } else if (visible === undefined) {
      visible = new AbortController();
      takePart(visible.signal);
    }
  };
  document.addEventListener('visibilitychange', () => {
    look();
    if (!document.hidden) tellListeners((listener) => listener.resync?.());
  });
  look();
}

function takePart(signal: AbortSignal): void {
  channel.addEventListener('message', ({ data }: MessageEvent<Told>) => heard(data), { signal });
  channel.postMessage({ asks: 'past' } satisfies Told);
  navigator.locks
    .request(STREAM, { signal }, async () => {
      reads = true;
      await readUntil(signal);
      reads = false;
    })
    .catch((error) => {
      if (!signal.aborted) throw error;
    });
}

function heard(told: Told): void {
  if ('event' in told) take(told.event);
  if ('connection' in told) connection.value = told.connection;
  if ('past' in told) learn(told.past);
  if ('asks' in told && reads) {
    tell({ past: { connection: connection.peek(), caption: demoCaption.peek(), instance } });
  }
}

function learn(past: Past): void {
  connection.value = past.connection;
  demoCaption.value = past.caption;
  instance ??= past.instance;
}

function tell(told: Told): void {
  channel.postMessage(told);
}

function setConnection(value: Connection): void {
  connection.value = value;
  tell({ connection: value });
}

/** The server doesn't let this page in. */
class Refused extends Error {}

async function readUntil(signal: AbortSignal): Promise<void> {
  let retry = FIRST_RETRY_MS;
  const opened = (): void => {
    retry = FIRST_RETRY_MS;
  };
  while (!signal.aborted) {
    const problem = await readStream(signal, opened).catch((error: unknown) => error);
    if (signal.aborted) return;
    if (problem instanceof Refused) {
      // A tab with a token of this run may be let in: the stream is left to it.
      connection.value = { state: 'gone', reason: problem.message };
      return;
    }
    setConnection({ state: 'reconnecting', reason: 'The connection is lost. Trying again.' });
    await pause(retry, signal);
    retry = Math.min(retry * 2, MAX_RETRY_MS);
  }
}

async function readStream(signal: AbortSignal, opened: () => void): Promise<void> {
  const silence = new AbortController();
  const ended = AbortSignal.any([signal, silence.signal]);
  const headers = new Headers({ ...sessionHeaders(), Accept: 'text/event-stream' });
  if (lastId !== '') headers.set('Last-Event-ID', lastId);
  const response = await fetch(`${API_PREFIX}stream`, { headers, signal: ended });
  if (response.status === 401) {
    throw new Refused(
      'This page is of an earlier run: open the address that pubsub ui prints now.',
    );
  }
  if (!response.ok || response.body === null) throw new Error(`answered ${response.status}`);
  opened();
  const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const reader = new EventStreamReader();
  for (;;) {
    const timer = setTimeout(() => silence.abort(), SILENCE_TIMEOUT_MS);
    const { done, value } = await pieces.read().finally(() => clearTimeout(timer));
    if (done) return;
    for (const event of reader.read(value)) {
      tell({ event });
      take(event);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function take(event: ServerEvent): void {
  if (event.id !== '') lastId = event.id;
  if (waiting.push(event) === 1) requestAnimationFrame(applyWaiting);
}

function applyWaiting(): void {
  const events = waiting;
  waiting = [];
  batch(() => {
    for (const { name, data } of events) apply(name, data);
  });
}

function apply(name: string, data: string): void {
  const body: unknown = JSON.parse(data);
  switch (name as keyof StreamEvents) {
    case 'frame':
      tellFrame(body as StreamFrame);
      break;
    case 'state':
      applyState(body as StreamState);
      break;
    case 'changed':
      tellListeners((listener) => listener.changed?.());
      break;
    case 'demo':
      demoCaption.value = body as DemoCaption;
  }
}

function tellFrame(frame: StreamFrame): void {
  const newest = frame.events.at(-1);
  const isLate = newest !== undefined && newest.time < frame.time - LATE_MS;
  const shown = isLate ? { ...frame, edges: [] } : frame;
  tellListeners((listener) => listener.frame?.(shown));
}

function applyState(state: StreamState): void {
  connection.value =
    state.state === 'connected'
      ? { state: 'live', reason: null }
      : { state: 'gone', reason: state.reason };
  if (state.state !== 'connected') return;
  const isAnother = instance !== undefined && instance !== state.instance;
  instance = state.instance;
  if (isAnother) tellListeners((listener) => listener.resync?.());
}

function tellListeners(say: (listener: StreamListener) => void): void {
  for (const listener of listeners) say(listener);
}
