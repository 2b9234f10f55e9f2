import type { PublishFailure } from '../../publish/publish-item.ts';
import { createPublisher } from '../../publish/publisher.ts';
import { AppError } from '../../rules/errors.ts';
import { topicArn } from '../../rules/names.ts';
import type { PublishView } from '../api/publish.ts';
import type { Dashboard } from '../dashboard.ts';
import { flagField } from '../http/fields.ts';
import type { RouteRequest } from '../http/route.ts';
import { assertWrites } from '../http/writes.ts';
import { eventWords, readEvent } from './event-request.ts';

/** Seconds for which a request may keep failing. */
const RETRY_SECONDS = 5;

/** `POST publish`: publishes one event. */
export async function publish(dashboard: Dashboard, { body }: RouteRequest): Promise<PublishView> {
  const { aws, identity, commands } = dashboard;
  const dryRun = flagField(body, 'dryRun');
  const asked = await readEvent(await dashboard.topology(), body);
  const { topic, event, attributes } = asked;
  const arn = topic.arn ?? topicArn(identity, topic.name);
  const command = commands.pubsub(...eventWords('publish', asked));
  const eventId = event.message.eventId ?? null;
  if (dryRun) return { dryRun, messageId: null, eventId, topicArn: arn, command };
  assertWrites(dashboard);
  let messageId: string | undefined;
  let failure: PublishFailure | undefined;
  const { fatal } = await createPublisher({ aws, topicArn: arn }).publish([{ event, attributes }], {
    retryFor: RETRY_SECONDS,
    onPublished: (_item, id) => {
      messageId = id;
    },
    onFailed: (failed) => {
      failure = failed;
    },
  });
  if (messageId !== undefined) return { dryRun, messageId, eventId, topicArn: arn, command };
  throw fatal ?? notPublished(failure);
}

function notPublished(failure: PublishFailure | undefined): AppError {
  const { code = 'NotPublished', message = 'SNS did not answer.' } = failure ?? {};
  return new AppError({ code, message: `The event was not published: ${message}` });
}
