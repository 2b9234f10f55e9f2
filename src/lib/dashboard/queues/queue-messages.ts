import { type KeptReasons, readReasons } from '../../consume/failure-reasons.ts';
import { type DeadLetter, readDeadLetter } from '../../dead-letters/dead-letter.ts';
import { nameOfArn } from '../../rules/names.ts';
import type { FailureReason, QueueMessage, QueueMessages } from '../api/queues.ts';
import type { Dashboard } from '../dashboard.ts';
import { attributeList, foreignText } from '../foreign-text.ts';
import { countParameter } from '../http/fields.ts';
import type { RouteRequest } from '../http/route.ts';
import { type FoundQueue, findQueue, sourceWords } from './found-queue.ts';
import { type FunctionReasons, readFunctionReasons } from './function-failures.ts';
import { type Look, type LookedAt, lookInto } from './look.ts';

/** Characters of a text that are shown. */
const MAX_CHARACTERS = 64 * 1024;

/** `GET queues/:name/messages` */
export async function queueMessages(
  dashboard: Dashboard,
  { parameters, query, signal }: RouteRequest,
): Promise<QueueMessages> {
  const found = await findQueue(dashboard, parameters[0] ?? '');
  const { queue, sources } = found;
  const limit = countParameter(query, 'limit', { usual: 100, most: 1_000 });
  const look = await lookInto(dashboard, found, { limit, signal });
  const readers = [queue, ...sources].map(({ name }) => readReasons(dashboard.stateDir, name));
  const [told, ...reasons] = await Promise.all([
    readFunctionReasons(dashboard.aws, found, look.messages),
    ...readers,
  ]);
  const { figures } = await dashboard.live.graph();
  const {
    depth = queue.waiting ?? 0,
    inFlight = queue.inFlight ?? 0,
    delayed = 0,
  } = figures.get(queue.arn) ?? {};
  return {
    queue: queue.name,
    queueArn: queue.arn,
    // The figures are older than the look where nobody is told of changes: what it saw is there.
    ...(look.counts ?? { visible: Math.max(depth, look.messages.length), inFlight, delayed }),
    how: look.how,
    remark: remarkOf(look, found),
    messages: look.messages.map((message) => messageView(message, reasons, told)),
    deadLettersOf: queue.deadLettersOf,
    command: commandOf(dashboard, found),
  };
}

function remarkOf({ how }: Look, { queue }: FoundQueue): string {
  if (how === 'peek') return 'Looked at where they lie: nothing about them has changed.';
  const { deadLetters } = queue;
  const towards =
    deadLetters === undefined
      ? ''
      : `, of the ${deadLetters.maxReceiveCount} after which it goes to ${deadLetters.queue}`;
  return `Each was received and given back: this look raised its receive count by 1${towards}. Messages in flight or delayed are not seen.`;
}

function commandOf({ commands }: Dashboard, found: FoundQueue): string | null {
  const words = sourceWords(found);
  return words === undefined ? null : commands.pubsub('dlq', 'show', ...words);
}

function messageView(
  message: LookedAt,
  kept: readonly KeptReasons[],
  told: FunctionReasons,
): QueueMessage {
  const letter = readDeadLetter(message);
  const reasons = reasonsOf(letter, kept);
  const { messageId, state, sentAt, visibleAt, receiveCount, body, groupId, sourceArn } = message;
  return {
    messageId,
    eventId: letter.eventId ?? null,
    eventType: letter.eventType ?? null,
    state,
    sentAt,
    visibleAt,
    receiveCount,
    text: foreignText(letter.text, MAX_CHARACTERS),
    envelope: letter.text === body ? null : foreignText(body, MAX_CHARACTERS),
    attributes: attributeList(letter.attributes),
    groupId: groupId ?? null,
    origin: sourceArn === undefined ? null : nameOfArn(sourceArn),
    reasons: reasons.length > 0 ? reasons : told(message),
  };
}

/** Why somebody failed on a message, the newest first. */
function reasonsOf(
  { snsReason, message, eventId }: DeadLetter,
  kept: readonly KeptReasons[],
): FailureReason[] {
  const bySns =
    snsReason === undefined ? [] : [{ time: null, reason: snsReason, receiveCount: null }];
  const own = kept.flatMap((each) => each.all(message.messageId));
  const latest = kept.map((each) => each.find(message.messageId, eventId));
  const found = own.length > 0 ? own : latest.filter((each) => each !== undefined);
  const byConsumers = found
    .map(({ time, reason, receiveCount }) => ({ time, reason, receiveCount }))
    .sort((a, b) => b.time.localeCompare(a.time));
  return [...bySns, ...byConsumers];
}
