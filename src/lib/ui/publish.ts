import type { ChalkInstance } from 'chalk';
import type { EventMessage } from '../events/message.ts';
import { fieldParts, typeName } from './event-parts.ts';
import { grouped } from './numbers.ts';
import { excerpt, laidOut } from './parts.ts';

/** Characters of a message's id that tell it from others nearby. */
const SHORT_ID = 8;

/** The lines for an event that SNS took: its type, its fields, and the beginning of the message's id. */
export function renderPublished(
  message: EventMessage,
  messageId: string,
  style: ChalkInstance,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const id = excerpt(messageId.slice(0, SHORT_ID), SHORT_ID);
  const parts = [
    { text: `→ ${typeName(message)}`, paint: (text: string) => text.replace('→', style.cyan('→')) },
    ...fieldParts(message),
    { text: id, paint: style.dim },
  ];
  return laidOut(parts, columns, '  ');
}

/** One line for an event that was not published. */
export function renderFailure(where: string, code: string, message: string): string {
  return `${where} was not published: ${message}${code === 'InvalidEvent' ? '' : ` (${code})`}`;
}

/** The line that ends a publish. */
export function renderPublishSummary(
  outcome: {
    published: number;
    failed: number;
    /** Those of the failed that were surely not accepted, and for no fault of their own. */
    unsent: number;
    /** Whether it ended before its end: what was left is told by the account, which knows all of it. */
    endedEarly: boolean;
    /** Events that each topic took, by its name. */
    topics: ReadonlyMap<string, number>;
    seconds: number;
  },
  style: ChalkInstance,
): string {
  const { published, unsent, endedEarly, topics, seconds } = outcome;
  const failed = outcome.failed - unsent;
  const events = `${grouped(published)} event${published === 1 ? '' : 's'}`;
  const rate =
    published > 10 ? ` in ${seconds.toFixed(1)} s (${grouped(published / seconds)}/s)` : '';
  const mark = outcome.failed === 0 && !endedEarly ? style.green('✓') : style.red('✗');
  const failures = failed > 0 ? `, ${style.red(`${grouped(failed)} failed`)}` : '';
  const left = unsent > 0 && !endedEarly ? `, ${style.red(`${grouped(unsent)} not sent`)}` : '';
  const [only = '', ...others] = topics.keys();
  const each = [...topics].filter(([, count]) => count > 0);
  const to =
    others.length === 0
      ? ` to ${only}`
      : each
          .map(([name, count], at) => `${at === 0 ? ': ' : ', '}${grouped(count)} to ${name}`)
          .join('');
  return `${mark} Published ${events}${to}${rate}${failures}${left}`;
}

/** What a run that ended early leaves: places in the file or the count, as ranges; empty for none. */
export interface PublishAccount {
  readonly unit: 'line' | 'event';
  readonly accepted: string;
  /** Sent without an answer. */
  readonly mayBeAccepted: string;
  readonly notAccepted: string;
  /** Commands that publish the rest; none where nothing can. */
  readonly goOn: readonly string[];
}

/** The lines that say what was accepted, what wasn't, and how to go on. */
export function renderAccount(account: PublishAccount): string[] {
  const { unit, accepted, mayBeAccepted, notAccepted, goOn } = account;
  const places = (ranges: string): string => `${unit}${/^\d+$/.test(ranges) ? '' : 's'} ${ranges}`;
  return [
    `Accepted: ${accepted ? places(accepted) : 'nothing'}.`,
    ...(mayBeAccepted
      ? [
          `No answer came, may be accepted: ${places(mayBeAccepted)}. Sent again, it may come twice.`,
        ]
      : []),
    ...(notAccepted ? [`Not accepted: ${places(notAccepted)}.`] : []),
    ...goOn.map((command, index) => `${index === 0 ? 'Go on with' : 'and then'}: ${command}`),
  ];
}
