import type { ConfirmChannel, Options } from 'amqplib';
import { connectionLost, REPLY, replyCode } from './errors.ts';
import type { Session } from './session.ts';

/** Milliseconds that a broker has for a confirm: one that is out of memory or disk gives none. */
const CONFIRM_TIMEOUT_MS = 15_000;

/**
 * What became of a message: confirmed; not taken by all of its queues; without any queue to go to, which is told of
 * mandatory ones alone; or unknown, since the connection ended before the broker said it.
 */
export type Sent =
  | { readonly kind: 'confirmed' | 'rejected' | 'unroutable' }
  | { readonly kind: 'lost'; readonly cause: unknown };

/** What the broker refuses a channel for, as errors of ours. */
export interface Refusals {
  /** What is published to isn't there. */
  notFound(): Error;
  /** The user may not publish there. */
  notAllowed(cause: unknown): Error;
}

/** Publishes on a channel of its own, on which the broker confirms each message. */
export class ConfirmedPublisher {
  private readonly session: Session;
  private readonly check: (channel: ConfirmChannel) => Promise<unknown>;
  private readonly refusals: Refusals;
  private channel: Promise<ConfirmChannel> | undefined;
  /** What the broker closed the channel with. */
  private refusal: unknown;
  /** Messages that came back so far: nothing leads from where they were published. */
  private returned = 0;

  /** @param check asks for what is published to, on a new channel. */
  constructor(
    session: Session,
    check: (channel: ConfirmChannel) => Promise<unknown>,
    refusals: Refusals,
  ) {
    this.session = session;
    this.check = check;
    this.refusals = refusals;
  }

  /** Makes the channel where there is none. @throws AppError of what isn't there or isn't allowed. */
  async ready(): Promise<void> {
    await this.open();
  }

  /** Why the channel was closed, or the connection. */
  failure(cause: unknown): Error {
    const code = replyCode(this.refusal);
    if (code === REPLY.notFound) return this.refusals.notFound();
    if (code === REPLY.accessRefused) return this.refusals.notAllowed(this.refusal);
    return connectionLost(this.session.broker, cause);
  }

  /** Publishes. @throws RangeError for headers that are too long for a frame. */
  async send(
    exchange: string,
    key: string,
    content: Buffer,
    options: Options.Publish,
  ): Promise<Sent> {
    const channel = await this.open();
    const opened = this.channel;
    const { returned } = this;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.forget(opened);
        void channel.close().catch(() => {});
        resolve({ kind: 'lost', cause: new Error('no confirm in time') });
      }, CONFIRM_TIMEOUT_MS);
      const settle = (sent: Sent): void => {
        clearTimeout(timer);
        resolve(sent);
      };
      const onConfirm = (error: unknown): void => {
        // The broker returns a message before it confirms it, and what comes later goes nowhere either.
        if (!error) settle({ kind: this.returned > returned ? 'unroutable' : 'confirmed' });
        // A channel that closes tells each message first, and only then itself.
        else
          setImmediate(() =>
            settle(this.channel === opened ? { kind: 'rejected' } : { kind: 'lost', cause: error }),
          );
      };
      try {
        channel.publish(exchange, key, content, options, onConfirm);
      } catch (error) {
        clearTimeout(timer);
        // The headers are too long, or the channel was closed just now.
        if (error instanceof RangeError) reject(error);
        else resolve({ kind: 'lost', cause: error });
      }
    });
  }

  private open(): Promise<ConfirmChannel> {
    if (this.channel !== undefined) return this.channel;
    const opening = this.openChannel();
    this.channel = opening;
    opening.catch(() => this.forget(opening));
    return opening;
  }

  private async openChannel(): Promise<ConfirmChannel> {
    const channel = await this.session.confirmChannel();
    const opened = this.channel;
    this.refusal = undefined;
    channel.on('error', (error: unknown) => {
      this.refusal = error;
    });
    channel.on('close', () => this.forget(opened));
    channel.on('return', () => {
      this.returned += 1;
    });
    try {
      await this.check(channel);
    } catch (error) {
      this.refusal ??= error;
      throw this.failure(error);
    }
    return channel;
  }

  private forget(channel: Promise<ConfirmChannel> | undefined): void {
    if (this.channel === channel) this.channel = undefined;
  }
}
