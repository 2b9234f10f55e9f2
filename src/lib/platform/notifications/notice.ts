import { createHash } from 'node:crypto';
import { CHANNELS, type Channel } from '../service/channels.ts';

/** What became of a notice: `stored` waits to be sent, `failed` was refused for good. */
export const NOTICE_STATES = ['stored', 'sent', 'failed'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** What is said, before it is known by which way. */
export interface NoticeText {
  /** One line, which is all that push and SMS say. */
  readonly subject: string;
  /** What an email says besides its greeting. */
  readonly lines: readonly string[];
}

/** Whom to tell. Empty text where there is no such address. */
export interface Contact {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly deviceToken: string;
  readonly channels: readonly Channel[];
}

/** An event that tells somebody something. */
export interface Occasion {
  readonly eventId: string;
  readonly eventType: string;
  /** From 1. */
  readonly userId: number;
  readonly text: NoticeText;
}

/** What is to be sent by one way. */
export interface NewNotice {
  readonly channel: Channel;
  /** An address, a number or a device. */
  readonly recipient: string;
  readonly recipientName: string;
  readonly subject: string;
  readonly body: string;
}

/** The notices of an event: one for each way that its user wants and can be reached by. */
export function noticesFor({ text }: Occasion, contact: Contact): NewNotice[] {
  const addresses = { email: contact.email, push: contact.deviceToken, sms: contact.phone };
  return CHANNELS.filter((channel) => contact.channels.includes(channel) && addresses[channel]).map(
    (channel) => ({
      ...{ channel, recipient: addresses[channel], recipientName: contact.name },
      subject: text.subject,
      body: channel === 'email' ? mailBody(text, contact.name) : text.subject,
    }),
  );
}

function mailBody({ lines }: NoticeText, name: string): string {
  return [`Hello ${name},`, '', ...lines, '', 'Your shop', ''].join('\n');
}

/**
 * The Message-ID of an event's email: the same however often it is sent, so that whoever gets it twice can tell.
 * @see https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4
 */
export function messageId(eventId: string): string {
  const isPlain = /^[A-Za-z0-9-]{1,40}$/.test(eventId);
  const left = isPlain ? eventId : createHash('sha256').update(eventId).digest('hex').slice(0, 40);
  // Short enough for one line with an id of 40 characters: a longer one would be folded.
  return `<${left}@pubsub-platform.example>`;
}
