import type { ForeignText } from './text.ts';

/** `GET mails`: the newest messages that the platform of this machine received in place of people. Needs the token. */
export interface MailsView {
  /** The newest first, 50 at the most; null where no platform runs. */
  readonly mails: readonly MailView[] | null;
}

/** A mail, or what stands for a push message or SMS. All of its text is a stranger's. */
export interface MailView {
  readonly id: number;
  readonly channel: 'email' | 'push' | 'sms';
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** At most 320 characters. */
  readonly from: string;
  /** The first 5 of whom it is for, at most 320 characters each. */
  readonly to: readonly string[];
  /** For how many it is besides those. */
  readonly others: number;
  /** At most 1,000 characters. */
  readonly subject: string;
  /** At most 16 Ki characters of it. */
  readonly text: ForeignText;
}
