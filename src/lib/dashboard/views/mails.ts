import type { MailsView, MailView } from '../api/mails.ts';
import type { Dashboard } from '../dashboard.ts';
import { foreignText } from '../foreign-text.ts';
import { HttpFailure } from '../http/failure.ts';
import type { ReceivedMail } from '../target.ts';

/** Characters at the most: 64 before the @ of an address and 255 after it (RFC 5321, 4.5.3.1). */
const MOST = { address: 320, subject: 1_000, text: 16 * 1024 };
/** Of whom it is for, as many are named. */
const NAMED = 5;

/** `GET mails` */
export async function mails({ readMails }: Dashboard): Promise<MailsView> {
  if (readMails === undefined) {
    throw new HttpFailure(404, 'MailsElsewhere', 'Another page lists mails:', 'pubsub ui');
  }
  const found = await readMails();
  return { mails: found?.map(mailView) ?? null };
}

function mailView({ id, channel, from, to, subject, body, received_at }: ReceivedMail): MailView {
  const everybody = [...new Set(to)];
  const short = (text: string, most: number): string => foreignText(text, most).text;
  return {
    ...{ id, channel, time: Date.parse(received_at) },
    from: short(from, MOST.address),
    to: everybody.slice(0, NAMED).map((each) => short(each, MOST.address)),
    others: Math.max(0, everybody.length - NAMED),
    subject: short(subject, MOST.subject),
    text: foreignText(body, MOST.text),
  };
}
