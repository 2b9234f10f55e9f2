import type { Aws } from '../../aws/clients.ts';
import { readMessageLog } from '../../aws/message-log.ts';
import { readHistory } from '../../aws/observer.ts';
import type { MessageLogPart } from '../../rules/message-log.ts';
import type { MessageEvent } from '../../rules/message-trace.ts';
import { MessageIndex } from './message-index.ts';
import type { KnownMessage } from './message-row.ts';

/** Events that a follower may be behind before it leaves out all but the newest: what comes in 0.4 s at the most. */
const MAX_BEHIND = 4_000;
/** Published messages of one topic that are read at once, the newest. */
const MAX_TEXTS = 10_000;

/** Looks at which a topic's texts are asked for before they count as lost. */
const MAX_TEXT_ATTEMPTS = 10;

interface Untold {
  /** When it was published, in milliseconds since the epoch. */
  readonly first: number;
  /** How often its text was asked for in vain. */
  readonly attempts: number;
}

/** What came with one look into the log. */
export interface LogNews {
  readonly time: number;
  readonly events: readonly { readonly event: MessageEvent; readonly known: KnownMessage }[];
  /** Messages to which something happened, or whose text came. */
  readonly changed: ReadonlySet<KnownMessage>;
  /** Events that were left out. */
  readonly skipped: number;
  /** Events that wait. */
  readonly more: number;
  /** Another log than before: the engine was started or reset, and all that was known is of the past. */
  readonly isNew: boolean;
}

/** Follows an engine's log of events, at a cost to the engine that doesn't grow with what happens there. */
export class LogFollower {
  readonly #aws: Aws;
  #position: Pick<MessageLogPart, 'log' | 'last'> | undefined;
  #index = new MessageIndex();
  /** By topic: since when texts are asked for. */
  readonly #since = new Map<string, number>();
  /** By topic: the first message whose text is not read yet. */
  readonly #untold = new Map<string, Untold>();
  #behind = 0;
  #caughtUp = false;
  #from: number | undefined;
  #time = 0;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  get index(): MessageIndex {
    return this.#index;
  }

  /** What the log is called; undefined before the first look. */
  get log(): string | undefined {
    return this.#position?.log;
  }

  /** The number of the newest event that was read. */
  get last(): number {
    return this.#position?.last ?? 0;
  }

  /** Since when everything is known, in milliseconds since the epoch. */
  get from(): number | undefined {
    return this.#from;
  }

  /** The engine's time at the last look, in milliseconds since the epoch. */
  get time(): number {
    return this.#time;
  }

  /** Whether all that was there at the beginning has been read. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** Looks once. @returns undefined where no engine answers. */
  async look(): Promise<LogNews | undefined> {
    const newest = this.#caughtUp && this.#behind > MAX_BEHIND;
    const part = await readMessageLog(this.#aws, this.#position, { newest });
    if (part === undefined) return undefined;
    const isNew = part.log !== this.#position?.log;
    if (isNew) this.#beginAnew();
    const skipped = isNew ? 0 : part.skipped;
    if (skipped > 0) this.#index.markIncomplete();
    const first = part.last - part.events.length + 1;
    const events = part.events.flatMap((event, at) => {
      const known = this.#index.add(event, first + at);
      return known === undefined ? [] : [{ event, known }];
    });
    const changed = new Set(events.map(({ known }) => known));
    this.#noteTopics(part.events);
    // While the past is read, texts wait until all of it is: a topic's are asked for once then.
    const hasTexts = this.#caughtUp || part.more === 0;
    // The index has these events from now on, whatever becomes of their texts.
    this.#position = { log: part.log, last: part.last };
    if (hasTexts) for (const known of await this.#readTexts()) changed.add(known);
    this.#behind = part.more;
    this.#caughtUp ||= part.more === 0;
    this.#from ??= part.from;
    this.#time = part.time;
    return { time: part.time, events, changed, skipped, more: part.more, isNew };
  }

  #beginAnew(): void {
    this.#index = new MessageIndex();
    this.#since.clear();
    this.#untold.clear();
    this.#behind = 0;
    this.#caughtUp = false;
    this.#from = undefined;
  }

  #noteTopics(events: readonly MessageEvent[]): void {
    for (const event of events) {
      if (event.kind === 'published' && !this.#untold.has(event.topicArn)) {
        this.#untold.set(event.topicArn, { first: event.time, attempts: 0 });
      }
    }
  }

  /** Reads what was published, of the topics that took something. @returns the messages whose texts came. */
  async #readTexts(): Promise<KnownMessage[]> {
    const found: KnownMessage[] = [];
    for (const [topicArn, { first, attempts }] of [...this.#untold]) {
      const since = this.#since.get(topicArn) ?? first;
      const history = await readHistory(this.#aws, topicArn, new Date(since), MAX_TEXTS);
      if (history === undefined) {
        // A topic that is gone has no history; an engine that was late has it at the next look.
        if (attempts + 1 >= MAX_TEXT_ATTEMPTS) this.#untold.delete(topicArn);
        else this.#untold.set(topicArn, { first, attempts: attempts + 1 });
        continue;
      }
      for await (const message of history.messages) {
        // Published since the log was read: its text comes again when its event does.
        if (!this.#index.has(message.messageId)) continue;
        this.#since.set(topicArn, message.time.getTime());
        const known = this.#index.addText({ ...message, topicArn });
        if (known !== undefined) found.push(known);
      }
      this.#untold.delete(topicArn);
    }
    return found;
  }
}
