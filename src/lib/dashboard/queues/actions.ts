import { purgeQueue } from '../../aws/purge.ts';
import { sqsStoredQueue } from '../../aws/stored-queue.ts';
import { isUnfiltered } from '../../dead-letters/dead-letter.ts';
import { dropMatching } from '../../dead-letters/drop.ts';
import { redrive as sendBack } from '../../dead-letters/redrive.ts';
import type { ActionResult } from '../api/queues.ts';
import type { Dashboard } from '../dashboard.ts';
import { badRequest } from '../http/failure.ts';
import { flagField, optionalText } from '../http/fields.ts';
import type { JsonBody } from '../http/read-json.ts';
import type { RouteRequest } from '../http/route.ts';
import { assertWrites } from '../http/writes.ts';
import { done, planned } from './action-result.ts';
import { dropCommand } from './commands.ts';
import { findQueue, sourceWords } from './found-queue.ts';
import { countMeant, readSelection, selectionFlags } from './selection.ts';
import { heldWords, howMany, lookWords } from './words.ts';

/** `POST queues/:name/redrive`: dead letters go back to where each came from. */
export async function redrive(dashboard: Dashboard, request: RouteRequest): Promise<ActionResult> {
  const { body, signal } = request;
  const { aws, commands } = dashboard;
  const found = await findQueue(dashboard, request.parameters[0] ?? '');
  const { queue, sources } = found;
  const [source] = sources;
  const words = sourceWords(found);
  if (source === undefined || words === undefined) {
    throw badRequest(
      `No queue's dead letters come to ${queue.name}.`,
      'Choose a dead-letter queue.',
    );
  }
  const filter = readSelection(body);
  const command = commands.pubsub('dlq', 'redrive', ...words, ...selectionFlags(body));
  const to = sources.length === 1 ? source.name : 'where each came from';
  if (flagField(body, 'dryRun')) {
    const meant = await countMeant(dashboard, found, filter, signal);
    const words = `Sends ${howMany(meant, 'dead letter')} back to ${to}.${heldWords(meant)}`;
    const looks = isUnfiltered(filter) ? '' : lookWords(found);
    return planned(dashboard, command, meant, words + looks);
  }
  assertWrites(dashboard);
  const { matched, moved, failures, fatal } = await sendBack({
    dlq: sqsStoredQueue(aws, queue.url),
    queue: sqsStoredQueue(aws, source.url),
    signal,
    filter,
  });
  if (fatal && moved === 0) throw fatal;
  const sent = `${howMany(moved, 'dead letter')} sent back to ${to}.`;
  return done(dashboard, command, { count: matched, done: moved, failures, fatal, words: sent });
}

/** `POST queues/:name/delete`: deletes the messages that are selected. */
export async function deleteMessages(
  dashboard: Dashboard,
  request: RouteRequest,
): Promise<ActionResult> {
  const { body, signal } = request;
  const { aws } = dashboard;
  const found = await findQueue(dashboard, request.parameters[0] ?? '');
  const { queue } = found;
  const filter = readSelection(body);
  if (isUnfiltered(filter)) {
    throw badRequest(
      'Which messages? Nothing is selected.',
      'Purge the queue to delete all of them.',
    );
  }
  const command = dropCommand(dashboard, found, selectionFlags(body));
  if (flagField(body, 'dryRun')) {
    const meant = await countMeant(dashboard, found, filter, signal);
    const words = `Deletes ${howMany(meant, 'message')} of ${queue.name} for good.`;
    return planned(dashboard, command, meant, words + heldWords(meant) + lookWords(found));
  }
  assertConfirmed(dashboard, body, queue.name);
  const options = {
    queue: sqsStoredQueue(aws, queue.url),
    filter,
    max: undefined,
    dryRun: false,
    signal,
  };
  const { matched, dropped, failures, fatal } = await dropMatching(options);
  if (fatal && dropped === 0) throw fatal;
  const words = `${howMany(dropped, 'message')} of ${queue.name} deleted.`;
  return done(dashboard, command, { count: matched, done: dropped, failures, fatal, words });
}

/** `POST queues/:name/purge`: deletes everything. */
export async function purge(dashboard: Dashboard, request: RouteRequest): Promise<ActionResult> {
  const { body, signal } = request;
  const { aws } = dashboard;
  const found = await findQueue(dashboard, request.parameters[0] ?? '');
  const { queue } = found;
  const all = readSelection({});
  const command = dropCommand(dashboard, found, []);
  const { count: visible, held } = await countMeant(dashboard, found, all, signal);
  // A purge reaches them too.
  const count = visible + held;
  if (flagField(body, 'dryRun')) {
    const also = held === 0 ? '' : ' Those in flight and delayed go too.';
    const words = `Deletes all ${howMany(count, 'message')} of ${queue.name} for good.${also}`;
    return planned(dashboard, command, { count, held: 0 }, words);
  }
  assertConfirmed(dashboard, body, queue.name);
  await purgeQueue(aws, queue.url);
  const late = aws.kind === 'aws' ? ' AWS takes up to 60 s for it.' : '';
  const words = `${howMany(count, 'message')} of ${queue.name} deleted.${late}`;
  return done(dashboard, command, { count, done: count, failures: [], words });
}

/** @throws HttpFailure 400 where the user did not type the queue's name; 403 where nothing may be changed. */
function assertConfirmed(dashboard: Dashboard, body: JsonBody, name: string): void {
  assertWrites(dashboard);
  if (optionalText(body, 'confirm') === name) return;
  throw badRequest(`Type ${name} to confirm it.`, 'What is deleted is gone.');
}
