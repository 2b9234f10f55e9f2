import type { Database } from '../../database/database.ts';
import { databaseProblem } from '../../database/database-problem.ts';
import type { ServiceLog } from '../service/log.ts';
import { untilThere } from '../service/patience.ts';
import { CONNECTIONS, isRefusedForGood, type Mailer } from './mailer.ts';
import { type DueNotice, markFailed, markSent, takeDue } from './notice-store.ts';
import { keepReceived } from './received.ts';
import { workOff } from './work-off.ts';

/** Attempts at a notice at the most: with five minutes between two, about two days. */
const MOST_ATTEMPTS = 600;

export interface SenderParts {
  readonly database: Database;
  readonly mailer: Mailer;
  readonly log: ServiceLog;
}

/**
 * Sends what is due until nothing is. A notice is stored before it is sent, and marked afterwards: a process that is
 * killed in between leaves it to be sent again, with the same Message-ID.
 */
export async function sendDue(parts: SenderParts, signal: AbortSignal): Promise<void> {
  const take = (most: number) => takeDue(parts.database, most);
  const work = (notice: DueNotice) => sendOne(parts, notice, signal);
  // No more than connections: what waits for one would outlive its lease.
  await workOff({ most: CONNECTIONS, take, work }, signal);
}

async function sendOne(parts: SenderParts, notice: DueNotice, signal: AbortSignal): Promise<void> {
  const { database, mailer, log } = parts;
  try {
    if (notice.channel === 'email') {
      await mailer.send(notice);
      await untilThere(() => markSent(database, notice), signal);
    } else {
      await keepAsSent(database, notice);
    }
  } catch (error) {
    const isRefused = notice.channel === 'email' && isRefusedForGood(error);
    const isFinal = isRefused || notice.attempts >= MOST_ATTEMPTS;
    const reason = databaseProblem(error).slice(0, 500);
    log.warn('a notice was not sent', { notice: notice.id, channel: notice.channel, reason });
    await markFailed(database, notice, reason, isFinal);
  }
}

/** Push and SMS have no provider: what they would get is kept here, exactly once. */
async function keepAsSent(database: Database, notice: DueNotice): Promise<void> {
  await database.transaction(async (tx) => {
    if (!(await markSent(tx, notice))) return;
    await keepReceived(tx, {
      ...{ channel: notice.channel, messageId: null, source: null, sender: '' },
      ...{ recipients: [notice.recipient], subject: notice.subject, body: notice.body },
    });
  });
}
