import { randomUUID } from 'node:crypto';
import { isFifoQueue, sendBatch } from '../../aws/sent-messages.ts';
import type { SendableMessage, StoredAttribute } from '../../aws/stored-message.ts';
import { sqsStoredQueue } from '../../aws/stored-queue.ts';
import { dropMatching } from '../../dead-letters/drop.ts';
import { checkAttribute } from '../../events/attributes.ts';
import { AppError } from '../../rules/errors.ts';
import { parseSnsBody } from '../../rules/sns-envelope.ts';
import type { ActionResult } from '../api/queues.ts';
import type { MessageAttribute } from '../api/text.ts';
import type { Dashboard } from '../dashboard.ts';
import { badRequest } from '../http/failure.ts';
import { attributesField, flagField, optionalText, textField } from '../http/fields.ts';
import type { RouteRequest } from '../http/route.ts';
import { assertWrites } from '../http/writes.ts';
import { done, planned } from './action-result.ts';
import { dropCommand, sendCommand } from './commands.ts';
import { type FoundQueue, findQueue } from './found-queue.ts';
import { findMessage, type LookedAt } from './look.ts';
import { readSelection } from './selection.ts';
import { lookWords } from './words.ts';

/** `POST queues/:name/resend`: sends an edited message as a new one. */
export async function resend(dashboard: Dashboard, request: RouteRequest): Promise<ActionResult> {
  const { body, signal } = request;
  const { aws } = dashboard;
  const found = await findQueue(dashboard, request.parameters[0] ?? '');
  const { queue } = found;
  const messageId = textField(body, 'messageId');
  const [dryRun, remove] = [flagField(body, 'dryRun'), flagField(body, 'remove')];
  const original = await findMessage(dashboard, found, messageId, signal);
  const destination = await destinationOf(dashboard, found, original, optionalText(body, 'to'));
  const message = edited(original, textField(body, 'text'), attributesField(body, 'attributes'));
  const send = sendCommand(dashboard, destination, message);
  const drop = dropCommand(dashboard, found, ['--id', messageId]);
  const command = remove ? `${send} && ${drop}` : send;
  if (dryRun) {
    const after = remove ? `, and deletes the old one from ${queue.name}` : '';
    const words = `Sends 1 edited message to ${destination.queue.name}${after}.`;
    const looks = remove ? lookWords(found) : '';
    return planned(dashboard, command, { count: 1, held: 0 }, words + looks);
  }
  assertWrites(dashboard);
  const deduplicationId = isFifoQueue(destination.queue.url) ? randomUUID() : undefined;
  const [sent] = await sendBatch(aws, destination.queue.url, [{ ...message, deduplicationId }]);
  if (sent?.ok !== true) {
    throw new AppError({
      code: 'NotSent',
      message: `It was not sent: ${sent?.reason ?? 'no answer'}.`,
    });
  }
  const filter = { ...readSelection({}), ids: [messageId] };
  const options = { queue: sqsStoredQueue(aws, queue.url), filter, max: 1, dryRun: false, signal };
  const dropped = remove ? await dropMatching(options) : undefined;
  const failures =
    dropped?.dropped === 0 && dropped.failures.length === 0
      ? [{ messageId, reason: `the old one is still in ${queue.name}: ${whyKept(dropped)}` }]
      : (dropped?.failures ?? []);
  const words = `1 edited message sent to ${destination.queue.name}.`;
  return done(dashboard, command, { count: 1, done: 1, failures, words });
}

/** Why a message was not deleted although no request to delete it failed. */
function whyKept({ fatal }: { readonly fatal?: { readonly message: string } | undefined }): string {
  return fatal?.message ?? 'another consumer holds it, or it is delayed';
}

/** The queue that was asked for; the one that the message came from; the only one whose dead letters come there; its own. */
function destinationOf(
  dashboard: Dashboard,
  { queue, sources }: FoundQueue,
  { sourceArn }: LookedAt,
  to: string | undefined,
): Promise<FoundQueue> {
  const origin = sources.find(({ arn }) => arn === sourceArn) ?? sources[0];
  return findQueue(dashboard, to ?? origin?.name ?? queue.name);
}

/** What an envelope says of a text and of nothing else. */
const SIGNED: readonly string[] = [
  'MessageAttributes',
  'Signature',
  'SignatureVersion',
  'SigningCertURL',
];

/** A message with another text: SNS's envelope is kept around it, and says the same attributes. */
function edited(
  { body, groupId, traceHeader }: LookedAt,
  text: string,
  given: readonly MessageAttribute[],
): SendableMessage {
  const attributes = attributesOf(given);
  if (text === '') throw badRequest('A message without text can not be sent.');
  if (parseSnsBody(body).kind === 'raw') return { body: text, attributes, groupId, traceHeader };
  const envelope = JSON.parse(body) as Record<string, unknown>;
  // A signature of the old text would say nothing but that this one isn't SNS's.
  const rest = Object.fromEntries(
    Object.entries(envelope).filter(([name]) => !SIGNED.includes(name)),
  );
  const told = Object.fromEntries(
    Object.entries(attributes).map(([name, { type, value }]) => [
      name,
      { Type: type, Value: value },
    ]),
  );
  const others = Object.keys(told).length === 0 ? {} : { MessageAttributes: told };
  const wrapped = JSON.stringify({ ...rest, Message: text, ...others });
  return { body: wrapped, attributes: {}, groupId, traceHeader };
}

function attributesOf(given: readonly MessageAttribute[]): Record<string, StoredAttribute> {
  return Object.fromEntries(
    given.map(({ name, type, value }) => [name, checkAttribute(name, { type, value })]),
  );
}
