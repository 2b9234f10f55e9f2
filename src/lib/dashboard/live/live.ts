import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphEdge, GraphNode, NodeFigures } from '../api/overview.ts';
import type { DemoCaption, StreamFrame, StreamState } from '../api/stream.ts';
import { type GraphRequest, readGraph, type WiredGraph } from '../graph/read-graph.ts';
import { HttpFailure } from '../http/failure.ts';
import { type DashboardTarget, placeOf } from '../target.ts';
import { FigureReader } from './figures.ts';
import { LogFollower, type LogNews } from './log-follower.ts';
import { type KnownMessage, rowOf } from './message-row.ts';
import { StreamReader } from './reader.ts';
import { traceView, trafficOf } from './traffic.ts';

/** Milliseconds between looks into the engine's log: ten frames a second at the most. */
const LOOK_INTERVAL_MS = 100;
/** Milliseconds between looks while more waits to be read. */
const CATCH_UP_INTERVAL_MS = 10;
/** Milliseconds between looks for an engine that doesn't answer. */
const GONE_INTERVAL_MS = 500;
/** Milliseconds without a reader after which nothing is asked any more, and what is known is forgotten. */
const IDLE_MS = 60_000;
const HEARTBEAT_MS = 15_000;
/** Rows, and events, of one frame at the most. */
const FRAME_ROWS = 200;
const FRAME_EVENTS = 200;
/** Tabs that may listen at once. */
const MAX_READERS = 32;

/** How often what is asked for, in milliseconds: each question to AWS costs money. */
const INTERVALS = {
  engine: { figures: 1_000, graph: 3_000 },
  endpoint: { figures: 2_000, graph: 10_000 },
  aws: { figures: 10_000, graph: 60_000 },
} as const;

/** What happens at the target, as long as somebody looks. */
export class Live {
  readonly #target: DashboardTarget;
  /** Streams that are open, also those that wait for the first look. */
  readonly #streams = new Set<ServerResponse>();
  readonly #readers = new Set<StreamReader>();
  readonly #figureReader: FigureReader;
  readonly #stopped = new AbortController();
  #follower: LogFollower;
  #running: Promise<void> | undefined;
  #lastAsked = 0;
  #state: StreamState | undefined;
  /** Undefined until the first look said so. */
  #hasEngine: boolean | undefined;
  #graph: { readonly graph: WiredGraph; readonly readAt: number } | undefined;
  /** Of the graph that was read last. */
  #signature: string | undefined;
  #reading: Promise<WiredGraph> | undefined;
  #figures: ReadonlyMap<string, NodeFigures> = new Map();
  #figuresAt = 0;
  #caption: DemoCaption | undefined;

  constructor(target: DashboardTarget) {
    this.#target = target;
    this.#follower = new LogFollower(target.aws);
    this.#figureReader = new FigureReader(target.aws);
  }

  /** What is known of messages, once all of it was read; undefined where the target keeps no log. */
  async messages(signal: AbortSignal): Promise<LogFollower | undefined> {
    while (!signal.aborted && this.#isOpen && this.#hasEngine !== false) {
      this.#begin();
      if (this.#follower.caughtUp) break;
      await sleep(CATCH_UP_INTERVAL_MS);
    }
    return this.#hasEngine ? this.#follower : undefined;
  }

  /** Whether an engine answers, which keeps what happened. */
  async hasEngine(): Promise<boolean> {
    while (this.#isOpen && this.#hasEngine === undefined) {
      this.#begin();
      await sleep(CATCH_UP_INTERVAL_MS);
    }
    return this.#hasEngine ?? false;
  }

  /**
   * The graph with the latest figures; read anew where it is older than readers are told of changes.
   * @throws HttpFailure 503 while the target doesn't answer; AppError where it can't be read.
   */
  async graph(): Promise<WiredGraph & { readonly figures: ReadonlyMap<string, NodeFigures> }> {
    this.#begin();
    const known = this.#graph;
    // What was there before a target went away says nothing of it now.
    if (this.#state?.state === 'gone') throw gone(this.#state);
    const isFresh = known && performance.now() - known.readAt < this.#intervals.graph / 2;
    const graph = isFresh ? known.graph : await this.#readGraph();
    if (this.#figures.size === 0) await this.#readFigures(graph);
    return { ...graph, figures: this.#figures };
  }

  /** What changes something calls this: the graph is read anew. */
  forgetGraph(): void {
    this.#graph = undefined;
  }

  /** Answers a tab with what happens from now on. @throws HttpFailure 503 where too many listen. */
  async stream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#streams.size >= MAX_READERS) {
      throw new HttpFailure(503, 'TooManyStreams', `${MAX_READERS} tabs listen already.`);
    }
    this.#streams.add(response);
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const reader = new StreamReader(response);
    const beat = setInterval(() => reader.beat(), HEARTBEAT_MS);
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
      clearInterval(beat);
      this.#streams.delete(response);
      this.#readers.delete(reader);
    });
    await this.messages(gone.signal);
    if (gone.signal.aborted) return;
    if (this.#state) reader.send('state', this.#state);
    if (this.#caption) reader.send('demo', this.#caption);
    this.#readers.add(reader);
    // A target that is gone says nothing; when it is back, its frames do.
    await this.#catchUp(reader, request.headers['last-event-id']?.toString()).catch(
      () => undefined,
    );
  }

  /** Tells all tabs where a demo is. */
  tellDemo(caption: DemoCaption): void {
    this.#caption = caption;
    for (const reader of this.#readers) reader.send('demo', caption);
  }

  /** Ends all streams, and asks nothing any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const reader of this.#readers) reader.end();
    await this.#running;
  }

  /** Whether waiting for the first look makes sense. */
  get #isOpen(): boolean {
    return !this.#stopped.signal.aborted && this.#state?.state !== 'gone';
  }

  get #intervals(): { readonly figures: number; readonly graph: number } {
    const { kind } = this.#target.aws;
    return INTERVALS[this.#hasEngine ? 'engine' : kind === 'aws' ? 'aws' : 'endpoint'];
  }

  #begin(): void {
    this.#lastAsked = performance.now();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (
      !signal.aborted &&
      (this.#readers.size > 0 || performance.now() - this.#lastAsked < IDLE_MS)
    ) {
      const wait = await this.#round().catch((error: unknown) => this.#goneBecause(error));
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
    this.#follower = new LogFollower(this.#target.aws);
    this.#graph = undefined;
    this.#figures = new Map();
    this.#hasEngine = undefined;
    this.#state = undefined;
  }

  /** @returns milliseconds until the next one. */
  async #round(): Promise<number> {
    const news = await this.#look();
    if (this.#hasEngine && news === undefined) return this.#goneBecause(undefined);
    if (news?.isNew) this.#forgetFigures();
    const nodes = await this.#nextFigures();
    this.#tellState('connected', null);
    if (this.#follower.caughtUp || !this.#hasEngine) this.#tellFrame(news, nodes);
    await this.#watchGraph();
    if (news === undefined) return this.#intervals.figures / 2;
    return news.more > 0 ? CATCH_UP_INTERVAL_MS : LOOK_INTERVAL_MS;
  }

  async #look(): Promise<LogNews | undefined> {
    if (this.#hasEngine === false) return undefined;
    const news = await this.#follower.look();
    this.#hasEngine ??= news !== undefined || this.#target.aws.kind === 'local';
    return news;
  }

  #goneBecause(error: unknown): number {
    const { aws } = this.#target;
    // What answers when it is back may be an engine.
    if (this.#hasEngine === false) this.#hasEngine = undefined;
    this.#figuresAt = 0;
    const reason = error instanceof Error ? error.message : `Nobody answers at ${aws.endpoint}.`;
    this.#tellState('gone', reason);
    return GONE_INTERVAL_MS;
  }

  #tellState(state: StreamState['state'], reason: string | null): void {
    const instance = this.#follower.log ?? this.#target.aws.endpoint ?? 'aws';
    const known = this.#state;
    if (known?.state === state && known.instance === instance) return;
    this.#state = { state, reason, instance };
    for (const reader of this.#readers) reader.send('state', this.#state);
  }

  #forgetFigures(): void {
    this.#figures = new Map();
    this.#figuresAt = 0;
    this.#graph = undefined;
  }

  async #nextFigures(): Promise<readonly NodeFigures[]> {
    if (performance.now() - this.#figuresAt < this.#intervals.figures) return [];
    const graph = this.#graph?.graph ?? (await this.#readGraph());
    await this.#readFigures(graph);
    return this.#figureReader.changed(this.#figures);
  }

  async #readFigures({ queues }: WiredGraph): Promise<void> {
    this.#figuresAt = performance.now();
    this.#figures = await this.#figureReader.read(queues);
  }

  #tellFrame(news: LogNews | undefined, nodes: readonly NodeFigures[]): void {
    const { events = [], changed = new Set<KnownMessage>(), skipped = 0 } = news ?? {};
    if (events.length === 0 && nodes.length === 0 && changed.size === 0 && skipped === 0) return;
    if (this.#readers.size === 0) return;
    const subscribers = this.#graph?.graph.subscribers ?? new Map<string, string>();
    const time = news?.time ?? Date.now();
    const newest = events.slice(-FRAME_EVENTS);
    const frame: StreamFrame = {
      time,
      messages: [...changed].slice(-FRAME_ROWS).map((known) => rowOf(known, time, subscribers)),
      edges: trafficOf(events.map(({ event }) => event)),
      nodes,
      events: newest.map(({ event, known }) => traceView(event, known.id, known.message)),
      skipped: skipped + events.length - newest.length,
    };
    const text = JSON.stringify(frame);
    for (const reader of this.#readers) reader.sendFrame(frame, text, this.#eventId);
  }

  get #eventId(): string {
    return `${this.#follower.log ?? ''}:${this.#follower.last}`;
  }

  /** Tells a tab that was here before what it missed, and any other the figures. */
  async #catchUp(reader: StreamReader, lastEventId: string | undefined): Promise<void> {
    const { index, log, time } = this.#follower;
    const [, name, number] = /^(.*):(\d+)$/.exec(lastEventId ?? '') ?? [];
    const { figures, subscribers } = await this.graph();
    const missed =
      name !== undefined && name === log ? index.changedAfter(Number(number), FRAME_ROWS + 1) : [];
    const rows = missed.slice(0, FRAME_ROWS).reverse();
    const frame: StreamFrame = {
      time: time || Date.now(),
      messages: rows.map((known) => rowOf(known, time, subscribers)),
      edges: [],
      nodes: [...figures.values()],
      events: [],
      skipped: missed.length - rows.length,
    };
    reader.send('frame', frame, this.#eventId);
  }

  async #watchGraph(): Promise<void> {
    const readAt = this.#graph?.readAt ?? Number.NEGATIVE_INFINITY;
    if (this.#readers.size === 0 || performance.now() - readAt < this.#intervals.graph) return;
    await this.#readGraph();
  }

  #readGraph(): Promise<WiredGraph> {
    this.#reading ??= this.#readGraphNow().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Whoever read the graph, and whatever was forgotten of it meanwhile: readers hear that it is another one. */
  #tellChanged(signature: string): void {
    const isOther = this.#signature !== undefined && this.#signature !== signature;
    this.#signature = signature;
    if (!isOther) return;
    for (const reader of this.#readers) reader.send('changed', { time: Date.now() });
  }

  async #readGraphNow(): Promise<WiredGraph> {
    const { stateDir, commands } = this.#target;
    const place = await placeOf(this.#target);
    const { index } = this.#follower;
    const traffic: GraphRequest['traffic'] = (arn, policy) => index.traffic(arn, policy);
    const graph = await readGraph({ place, stateDir, commands, traffic });
    this.#graph = { graph, readAt: performance.now() };
    this.#tellChanged(signatureOf(graph));
    return graph;
  }
}

function gone({ reason }: StreamState): HttpFailure {
  return new HttpFailure(503, 'EngineGone', reason ?? 'The target does not answer.');
}

/** What readers are told of when it changes. */
function signatureOf({
  nodes,
  edges,
}: {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
}): string {
  const ways = edges.map(({ id, state, fix, filter, rawDelivery, maxReceiveCount }) => [
    id,
    state,
    fix,
    filter,
    rawDelivery,
    maxReceiveCount,
  ]);
  return JSON.stringify([nodes.map(({ figures: _, ...node }) => node), ways]);
}
