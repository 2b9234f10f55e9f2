import { purgeQueue } from '../../aws/purge.ts';
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
import { type FoundQueue, findQueue, sourceWords } from './found-queue.ts';
import { countMeant, readSelection, selectionFlags } from './selection.ts';

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
    const count = await countMeant(dashboard, found, filter, signal);
    return planned(dashboard, command, count, `Sends ${letters(count)} back to ${to}.`);
  }
  assertWrites(dashboard);
  const options = { aws, dlqUrl: queue.url, queueUrl: source.url, signal, filter };
  const { matched, moved, failures, fatal } = await sendBack(options);
  if (fatal && moved === 0) throw fatal;
  const words2 = `${letters(moved)} sent back to ${to}.${fatal ? ` Then: ${fatal.message}` : ''}`;
  return done(dashboard, command, { count: matched, done: moved, failures, words: words2 });
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
    const count = await countMeant(dashboard, found, filter, signal);
    const words = `Deletes ${some(count)} of ${queue.name} for good.${receiving(found)}`;
    return planned(dashboard, command, count, words);
  }
  assertConfirmed(dashboard, body, queue.name);
  const options = { aws, url: queue.url, filter, max: undefined, dryRun: false, signal };
  const { matched, dropped, failures, fatal } = await dropMatching(options);
  if (fatal && dropped === 0) throw fatal;
  const words = `${some(dropped)} of ${queue.name} deleted.${fatal ? ` Then: ${fatal.message}` : ''}`;
  return done(dashboard, command, { count: matched, done: dropped, failures, words });
}

/** `POST queues/:name/purge`: deletes everything. */
export async function purge(dashboard: Dashboard, request: RouteRequest): Promise<ActionResult> {
  const { body, signal } = request;
  const { aws } = dashboard;
  const found = await findQueue(dashboard, request.parameters[0] ?? '');
  const { queue } = found;
  const all = readSelection({});
  const command = dropCommand(dashboard, found, []);
  const count = await countMeant(dashboard, found, all, signal);
  if (flagField(body, 'dryRun')) {
    return planned(
      dashboard,
      command,
      count,
      `Deletes all ${some(count)} of ${queue.name} for good.`,
    );
  }
  assertConfirmed(dashboard, body, queue.name);
  await purgeQueue(aws, queue.url);
  const late = aws.kind === 'aws' ? ' AWS takes up to 60 s for it.' : '';
  const words = `${some(count)} of ${queue.name} deleted.${late}`;
  return done(dashboard, command, { count, done: count, failures: [], words });
}

/** @throws HttpFailure 400 where the user did not type the queue's name; 403 where nothing may be changed. */
function assertConfirmed(dashboard: Dashboard, body: JsonBody, name: string): void {
  assertWrites(dashboard);
  if (optionalText(body, 'confirm') === name) return;
  throw badRequest(`Type ${name} to confirm it.`, 'What is deleted is gone.');
}

/** The command line that deletes messages of a queue. */
function dropCommand({ commands }: Dashboard, found: FoundQueue, flags: readonly string[]): string {
  const words = sourceWords(found);
  if (words !== undefined) return commands.pubsub('dlq', 'purge', ...words, ...flags, '--yes');
  const { url } = found.queue;
  const purges = ['sqs', 'purge-queue', '--queue-url', url];
  const deletes = ['sqs', 'delete-message', '--queue-url', url, '--receipt-handle', 'HANDLE'];
  return commands.fix({ tool: 'aws', commands: [flags.length === 0 ? purges : deletes] });
}

/** What a look for messages does to a queue that is not a dead-letter queue. */
function receiving({ queue }: FoundQueue): string {
  const { deadLetters } = queue;
  if (deadLetters === undefined) return '';
  return ` Its messages are received to find them, which counts towards the ${deadLetters.maxReceiveCount} after which they go to ${deadLetters.queue}.`;
}

/** What an action would do. */
export function planned(
  { identity }: Dashboard,
  command: string,
  count: number,
  words: string,
): ActionResult {
  return { dryRun: true, command, ...whereOf(identity), count, done: 0, failures: [], words };
}

/** What an action did. */
export function done(
  { identity }: Dashboard,
  command: string,
  result: Pick<ActionResult, 'count' | 'done' | 'failures' | 'words'>,
): ActionResult {
  return { dryRun: false, command, ...whereOf(identity), ...result };
}

function whereOf({ target, account }: Dashboard['identity']) {
  return { target, account: account ?? null };
}

function letters(count: number): string {
  return count === 1 ? '1 dead letter' : `${count} dead letters`;
}

function some(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}
