import { stringify } from 'lossless-json';
import type { MessageReach } from '../../lib/aws/message-trace.ts';
import { isRecord, readExactJson } from '../../lib/events/json-value.ts';
import { type EventMessage, idFields, jsonLine, messageData } from '../../lib/events/message.ts';
import type { BadLine } from '../../lib/publish/event-source.ts';
import type { PublishFailure, PublishItem } from '../../lib/publish/publisher.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { nameOfArn } from '../../lib/rules/names.ts';
import type { Printer } from '../../lib/ui/printer.ts';
import type { Progress } from '../../lib/ui/progress.ts';
import { renderFailure, renderPublished } from '../../lib/ui/publish.ts';
import type { FailedLines } from './files.ts';
import { PublishLedger } from './ledger.ts';

/** `messages` is left out of the JSON document above this many. */
const LISTED_MESSAGES = 1000;
/** Events that are shown one by one; more are only counted. */
const SHOWN_EVENTS = 10;
/** Failures that are shown one by one. */
const SHOWN_FAILURES = 20;
/** Milliseconds between two updates of the progress line. */
const PROGRESS_INTERVAL = 100;

/** A message in the document. */
interface ListedMessage {
  readonly eventId: string;
  readonly messageId: string;
  readonly eventType: string | null;
  /** Its topic's name, where the run has several. */
  readonly topic?: string;
  readonly reached?: number;
  readonly subscriptions?: number | undefined;
}

/** Counts and shows what became of each event, and keeps what failed. */
export class PublishTally {
  published = 0;
  failed = 0;
  /** Those of the failed that were surely not accepted, and for no fault of their own. */
  unsent = 0;
  readonly ledger = new PublishLedger();
  /** What went wrong with a file. */
  fileError: AppError | undefined;
  private readonly printer: Printer;
  private readonly failedLines: FailedLines | undefined;
  private readonly progress: Progress;
  private readonly started = performance.now();
  private lastUpdate = 0;
  private messages: ListedMessage[] | undefined = [];
  private readonly failures: { line: number | null; code: string; message: string }[] = [];

  private readonly isTerminal: boolean;
  /** Events that each topic took, by its name. */
  readonly topics: Map<string, number>;

  /** @param options.isTerminal whether what is shown has to fit into columns. @param options.topics names. */
  constructor(
    printer: Printer,
    failedLines: FailedLines | undefined,
    options: { readonly isTerminal: boolean; readonly topics: readonly string[] },
  ) {
    this.printer = printer;
    this.isTerminal = options.isTerminal;
    this.topics = new Map(options.topics.map((name) => [name, 0]));
    this.failedLines = failedLines;
    this.progress = printer.progress('Publishing');
  }

  publishedOne(item: PublishItem, messageId: string): void {
    const { printer } = this;
    this.published++;
    const topic = nameOfArn(item.topicArn ?? '');
    this.topics.set(topic, (this.topics.get(topic) ?? 0) + 1);
    if (item.position !== undefined) this.ledger.accept(item.position);
    if (this.published <= SHOWN_EVENTS) {
      const columns = this.isTerminal ? printer.columns : undefined;
      for (const line of renderPublished(item.event.message, messageId, printer.style, columns)) {
        printer.text(line);
      }
    } else if (this.published === SHOWN_EVENTS + 1) {
      printer.text('  …');
    }
    if (this.messages && this.messages.length < LISTED_MESSAGES) {
      const { id: eventId, type: eventType = null } = item.event.message;
      const which = this.topics.size > 1 ? { topic } : {};
      const subject = subjectOf(item.event.message);
      this.messages.push({ eventId, messageId, eventType, ...which, ...subject });
    } else {
      this.messages = undefined;
    }
    this.showProgress();
  }

  failedOne({ item, kind, code, message, fatal }: PublishFailure): void {
    if (item.position !== undefined) this.ledger.fail(item.position, kind);
    if (kind === 'unsent') this.unsent++;
    const where = item.line === undefined ? `Event ${item.position ?? 1}` : `Line ${item.line}`;
    // What ended the whole run is said once, at the end.
    this.fail(item.line, code, message, fatal ? undefined : where);
    this.failedLines?.add(lineOf(item));
  }

  badLine({ line, text, error }: BadLine): void {
    const message = error.message.replace(/^Line \d+: /, '');
    this.ledger.fail(line, 'refused');
    this.fail(line, error.code, message, `Line ${line}`);
    if (text !== undefined) this.failedLines?.add(text);
  }

  private fail(
    line: number | undefined,
    code: string,
    message: string,
    where: string | undefined,
  ): void {
    const { printer } = this;
    this.failed++;
    this.failures.push({ line: line ?? null, code, message });
    if (where === undefined) {
      this.progress.update(`Publishing: ${message}`);
    } else if (this.failed <= SHOWN_FAILURES) {
      printer.warn(renderFailure(where, code, message));
    } else if (this.failed === SHOWN_FAILURES + 1) {
      printer.warn('More failed; --json and --failed-to have them all.');
    }
    this.showProgress();
  }

  private showProgress(): void {
    const now = performance.now();
    if (now - this.lastUpdate < PROGRESS_INTERVAL) return;
    this.lastUpdate = now;
    const rate = Math.round(this.published / ((now - this.started) / 1000 || 1));
    const failed = this.failed > 0 ? `, ${this.failed} failed` : '';
    this.progress.update(`Publishing: ${this.published} (${rate}/s)${failed}`);
  }

  /** Ends the progress line, and sees that failed events are written down. */
  async end(): Promise<void> {
    this.progress.clear();
    try {
      await this.failedLines?.end();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.fileError ??= error;
    }
  }

  /** Ids of the messages that the document lists; empty where they are too many. */
  get messageIds(): readonly string[] {
    return (this.messages ?? []).map(({ messageId }) => messageId);
  }

  /** Says of each message in the document how many queues it reached, of how many. */
  addReach(reach: ReadonlyMap<string, MessageReach>): void {
    this.messages = this.messages?.map((message) => {
      const { delivered: reached, subscriptions } = reach.get(message.messageId) ?? {};
      return reached === undefined ? message : { ...message, reached, subscriptions };
    });
  }

  /** @param account of a run that ended early. */
  document(account: object): object {
    const { published, failed, messages, failures } = this;
    return { published, failed, ...(messages ? { messages } : {}), failures, ...account };
  }
}

/** What an event is about: its first id, under a name as JSON documents of this tool have it: `order_id` is `orderId`. */
function subjectOf(message: EventMessage): Record<string, unknown> {
  const [name] = idFields(message).keys();
  const data = messageData(message);
  if (name === undefined || !isRecord(data)) return {};
  const key = name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return { [key]: data[name] };
}

/** An event as a line that publishes it again, with the attributes that it had from its line. */
function lineOf({ event, attributes = {} }: PublishItem): string {
  const { message } = event;
  const isText = message.value === message.text;
  if (Object.keys(attributes).length === 0 && !isText) return jsonLine(message);
  const body = isText ? { body: message.text } : { event: readExactJson(message.text) };
  return stringify({ ...body, attributes: { ...event.attributes, ...attributes } }) ?? '';
}
