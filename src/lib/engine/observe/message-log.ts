import { randomUUID } from 'node:crypto';
import type { MessageEvent, MessageEventKind } from '../../rules/message-trace.ts';
import type { IdSet } from './id-set.ts';
import { TextTable } from './text-table.ts';

/** What is kept: pages of events, and characters of the texts that they name. */
export interface MessageLogLimits {
  readonly pageEvents: number;
  readonly pages: number;
  readonly textCharacters: number;
}

/** The newest 131,072 events in 16 MiB: what becomes of about 10,000 messages to three queues. */
export const MESSAGE_LOG_LIMITS: MessageLogLimits = {
  pageEvents: 4_096,
  pages: 32,
  textCharacters: 16 * 1024 * 1024,
};

/** Where the parts of a record lie: the kind in its first byte, then in units of 8, 4 and 1 bytes. */
const RECORD = { bytes: 128, time: 1, numbers: 2, texts: 8, id: 56, otherId: 92 } as const;
const WORDS = RECORD.bytes / 4;
const DOUBLES = RECORD.bytes / 8;
const ID_LENGTH = 36;

/** Which members of an event go where: two numbers, six texts and two UUIDs at the most. */
interface Layout {
  readonly ids: readonly string[];
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
}

const AT_TOPIC = ['topicArn', 'subscriptionArn', 'queueArn'] as const;

/** One layout a kind: a kind without one doesn't compile. */
const LAYOUTS: Readonly<Record<MessageEventKind, Layout>> = {
  published: { ids: ['messageId'], texts: ['topicArn'], numbers: ['subscriptions'] },
  repeated: { ids: ['messageId'], texts: ['topicArn', 'deduplicationId'], numbers: [] },
  filtered: { ids: ['messageId'], texts: [...AT_TOPIC, 'clause', 'scope'], numbers: [] },
  refused: {
    ids: ['messageId'],
    texts: [...AT_TOPIC, 'errorCode', 'reason', 'deadLetterArn'],
    numbers: [],
  },
  delivered: { ids: ['messageId', 'topicMessageId'], texts: AT_TOPIC, numbers: [] },
  sent: { ids: ['messageId'], texts: ['queueArn'], numbers: ['bodyDigest'] },
  received: {
    ids: ['messageId'],
    texts: ['queueArn', 'userAgent'],
    numbers: ['receiveCount', 'hiddenUntil'],
  },
  hidden: { ids: ['messageId'], texts: ['queueArn'], numbers: ['receiveCount', 'hiddenUntil'] },
  visible: { ids: ['messageId'], texts: ['queueArn'], numbers: ['receiveCount'] },
  deleted: { ids: ['messageId'], texts: ['queueArn', 'by'], numbers: [] },
  'dead-lettered': {
    ids: ['messageId'],
    texts: ['queueArn', 'deadLetterArn'],
    numbers: ['receiveCount', 'bodyDigest'],
  },
  expired: { ids: ['messageId'], texts: ['queueArn'], numbers: [] },
  moved: { ids: ['messageId', 'newMessageId'], texts: ['queueArn', 'destinationArn'], numbers: [] },
  invoked: {
    ids: ['messageId', 'requestId'],
    texts: ['topicArn', 'subscriptionArn', 'functionArn'],
    numbers: [],
  },
  unmatched: { ids: ['messageId'], texts: ['queueArn', 'functionArn'], numbers: [] },
  handled: { ids: ['messageId', 'requestId'], texts: ['queueArn', 'functionArn'], numbers: [] },
  failed: {
    ids: ['messageId', 'requestId'],
    texts: ['queueArn', 'functionArn', 'errorType', 'reason'],
    numbers: [],
  },
};
const KINDS = Object.keys(LAYOUTS) as MessageEventKind[];
const CODES = Object.fromEntries(KINDS.map((kind, code) => [kind, code])) as Readonly<
  Record<MessageEventKind, number>
>;

type Members = Record<string, string | number | undefined>;

/** Events that a page has room for at first: most engines of tests see fewer. It is doubled up to the limit. */
const FIRST_EVENTS = 64;

/** A page of records, seen as bytes, whole numbers and doubles. */
class Page {
  bytes: Buffer;
  words: Uint32Array;
  doubles: Float64Array;
  /** Records that are written. */
  used = 0;

  /** @param events that it has room for. */
  constructor(events: number) {
    const { buffer } = new Uint8Array(events * RECORD.bytes);
    this.bytes = Buffer.from(buffer);
    this.words = new Uint32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Gives it the room of another, into which it is copied. */
  enlarge(events: number): void {
    const larger = new Page(events);
    larger.bytes.set(this.bytes);
    this.bytes = larger.bytes;
    this.words = larger.words;
    this.doubles = larger.doubles;
  }
}

function asItIs(time: number): number {
  return time;
}

/**
 * What happened to messages lately: the newest events, in memory, gone with the engine. They are kept as bytes outside
 * the heap: the garbage collector would copy a hundred thousand small objects for longer than it takes to write them.
 */
export class MessageLog {
  readonly #limits: MessageLogLimits;
  #pages: Page[] = [];
  #texts = new TextTable();
  /** Tells this log from others. */
  readonly id = randomUUID();
  /** Events that ever came: the number of the newest one, counted from 1. */
  last = 0;
  /** The time from which on no event is missing, in milliseconds since the epoch. */
  from: number;

  /** @param since when the engine began, in milliseconds since the epoch. */
  constructor(since: number, limits = MESSAGE_LOG_LIMITS) {
    this.from = since;
    this.#limits = limits;
  }

  /** @param timestamp gives the milliseconds since the epoch of the event's times; they are that already unless given. */
  add(event: MessageEvent, timestamp: (at: number) => number = asItIs): void {
    const time = timestamp(event.time);
    if (this.#texts.characters > this.#limits.textCharacters) this.#beginAnew(time);
    const page = this.#pageWithRoom();
    const { bytes, words, doubles, used } = page;
    const { ids, texts, numbers } = LAYOUTS[event.kind];
    const members = event as unknown as Members;
    bytes[used * RECORD.bytes] = CODES[event.kind];
    doubles[used * DOUBLES + RECORD.time] = time;
    let at = used * DOUBLES + RECORD.numbers;
    for (const name of numbers) {
      const number = members[name] as number;
      doubles[at++] = name === 'hiddenUntil' ? timestamp(number) : number;
    }
    at = used * WORDS + RECORD.texts;
    for (const name of texts) words[at++] = this.#texts.numberOf(members[name] as string);
    at = used * RECORD.bytes + RECORD.id;
    for (const name of ids) {
      bytes.write(members[name] as string, at, ID_LENGTH, 'latin1');
      at += ID_LENGTH;
    }
    page.used += 1;
    this.last += 1;
  }

  /** The number of the oldest event that is kept; `last + 1` where there is none. */
  get first(): number {
    return this.last + 1 - this.#pages.reduce((sum, { used }) => sum + used, 0);
  }

  /** The events with the numbers from `first` on, at most `count` of them. */
  read(first: number, count: number): MessageEvent[] {
    const events: MessageEvent[] = [];
    let number = this.first;
    for (const page of this.#pages) {
      const record = new LogRecord(page, this.#texts);
      record.index = Math.max(0, first - number);
      for (; record.index < page.used && events.length < count; record.index += 1) {
        events.push(record.read());
      }
      number += page.used;
    }
    return events;
  }

  /** Every record, the oldest first. A record is good until the next one is asked for. */
  *records(): Generator<LogRecord> {
    for (const page of this.#pages) {
      const record = new LogRecord(page, this.#texts);
      for (record.index = 0; record.index < page.used; record.index += 1) yield record;
    }
  }

  /** Every record, the newest first. A record is good until the next one is asked for. */
  *recordsBackwards(): Generator<LogRecord> {
    for (const page of [...this.#pages].reverse()) {
      const record = new LogRecord(page, this.#texts);
      for (record.index = page.used - 1; record.index >= 0; record.index -= 1) yield record;
    }
  }

  /** The last page; a new one where it is full, and without the oldest one where there are too many. */
  #pageWithRoom(): Page {
    const { pageEvents, pages } = this.#limits;
    const last = this.#pages.at(-1);
    if (last !== undefined && last.used < pageEvents) {
      const full = last.used * RECORD.bytes === last.bytes.length;
      if (full) last.enlarge(Math.min(last.used * 2, pageEvents));
      return last;
    }
    if (this.#pages.length >= pages) this.#dropFirst();
    // What has filled one page will fill the next.
    const events = last === undefined ? Math.min(FIRST_EVENTS, pageEvents) : pageEvents;
    const page = new Page(events);
    this.#pages.push(page);
    return page;
  }

  #dropFirst(): void {
    const page = this.#pages.shift();
    if (page === undefined) return;
    const newest = page.doubles[(page.used - 1) * DOUBLES + RECORD.time] ?? 0;
    // Others of the same millisecond may be left.
    this.from = Math.max(this.from, newest + 1);
  }

  #beginAnew(now: number): void {
    this.#pages = [];
    this.#texts = new TextTable();
    this.from = Math.max(this.from, now);
  }
}

/** An event as it is kept: most are passed over, so that they are read only when they are asked for. */
export class LogRecord {
  readonly #page: Page;
  readonly #texts: TextTable;
  index = 0;

  constructor(page: Page, texts: TextTable) {
    this.#page = page;
    this.#texts = texts;
  }

  get kind(): MessageEventKind {
    return KINDS[this.#page.bytes[this.index * RECORD.bytes] ?? 0] ?? 'published';
  }

  /** Whether the event's id is one of these. */
  hasId(ids: IdSet): boolean {
    return this.#isIn(ids, RECORD.id);
  }

  /** Whether its second id is: the id in the topic of what is `delivered`, the new id of what is `moved`. */
  hasOtherId(ids: IdSet): boolean {
    return this.#isIn(ids, RECORD.otherId);
  }

  /** Its ids that begin with a text. @param start in ASCII, 36 characters at most. */
  idsBeginning(start: Buffer): string[] {
    const { ids } = LAYOUTS[this.kind];
    const offsets = ids.length > 1 ? [RECORD.id, RECORD.otherId] : [RECORD.id];
    return offsets.filter((offset) => this.#begins(start, offset)).map((at) => this.#idAt(at));
  }

  /** The whole event. */
  read(): MessageEvent {
    const { words, doubles } = this.#page;
    const { ids, texts, numbers } = LAYOUTS[this.kind];
    const members: Members = { kind: this.kind, time: doubles[this.index * DOUBLES + RECORD.time] };
    numbers.forEach((name, at) => {
      members[name] = doubles[this.index * DOUBLES + RECORD.numbers + at];
    });
    texts.forEach((name, at) => {
      const text = this.#texts.text(words[this.index * WORDS + RECORD.texts + at] ?? 0);
      if (text !== undefined) members[name] = text;
    });
    const [id = '', otherId] = ids;
    members[id] = this.#idAt(RECORD.id);
    if (otherId !== undefined) members[otherId] = this.#idAt(RECORD.otherId);
    const isInTopic = members.topicArn !== undefined && this.kind !== 'delivered';
    const arn = isInTopic ? members.topicArn : (members.queueArn ?? members.functionArn);
    const [, , , region = '', account = ''] = String(arn).split(':');
    return { ...members, account, region } as unknown as MessageEvent;
  }

  #isIn(ids: IdSet, offset: number): boolean {
    const { words } = this.#page;
    const at = this.index * WORDS + offset / 4;
    return ids.mayHave(words[at] ?? 0, words[at + 1] ?? 0) && ids.has(this.#idAt(offset));
  }

  #begins(start: Buffer, offset: number): boolean {
    const at = this.index * RECORD.bytes + offset;
    return this.#page.bytes.compare(start, 0, start.length, at, at + start.length) === 0;
  }

  #idAt(offset: number): string {
    const start = this.index * RECORD.bytes + offset;
    return this.#page.bytes.toString('latin1', start, start + ID_LENGTH);
  }
}
