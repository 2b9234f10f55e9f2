import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { identify } from '../../src/lib/aws/identity.ts';
import { createTopology, type TopologyChoices } from '../../src/lib/model/topology.ts';
import type { Change } from '../../src/lib/topology/change.ts';
import { cleanUp } from '../../src/lib/topology/cleanup.ts';
import type { Place } from '../../src/lib/topology/inspect.ts';
import { pending } from '../../src/lib/topology/plan.ts';
import { findRemains } from '../../src/lib/topology/remains.ts';
import { planSetup, type SetupResult, setUp } from '../../src/lib/topology/setup.ts';
import { type TestEndpoint, uniquePrefix } from './endpoint.ts';

/** A topology of its own on the endpoint, with nothing there yet. */
export async function newPlace(
  endpoint: TestEndpoint,
  prefix = uniquePrefix(),
  choices: TopologyChoices = {},
): Promise<Place> {
  return {
    aws: endpoint.aws,
    identity: await identify(endpoint.aws),
    topology: createTopology('orders', prefix, choices),
  };
}

/** Sets up and gives back how it ended, with what was planned. */
export async function setUpAt(place: Place): Promise<SetupResult & { changes: readonly Change[] }> {
  const plan = await planSetup(place);
  return { changes: plan.changes, ...(await setUp(place, plan)) };
}

/** What a setup would change now. */
export async function drift(place: Place): Promise<readonly Change[]> {
  return pending((await planSetup(place)).changes);
}

/** Cleans up all that is found. */
export async function cleanUpAt(place: Place, includeUntagged = false) {
  return cleanUp(place, await findRemains(place, { includeUntagged }), { includeUntagged });
}

/** One subscriber's names. */
export function subscriber(place: Place, name = 'email') {
  const spec = place.topology.subscribers.find((each) => each.name === name);
  if (!spec) throw new Error(`no subscriber ${name}`);
  return spec;
}

/** A queue's URL, as SQS says it. @throws QueueDoesNotExist. */
export async function urlOf(place: Place, name: string): Promise<string> {
  const { QueueUrl = '' } = await place.aws.sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  return QueueUrl;
}

/** All attributes of a queue, as SQS says them. */
export async function attributesOf(place: Place, name: string): Promise<Record<string, string>> {
  const { Attributes = {} } = await place.aws.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: await urlOf(place, name),
      AttributeNames: ['All'],
    }),
  );
  return Attributes;
}

/** Changes a queue as somebody in a console would. */
export async function setAttributes(
  place: Place,
  name: string,
  attributes: Record<string, string>,
): Promise<void> {
  await place.aws.sqs.send(
    new SetQueueAttributesCommand({ QueueUrl: await urlOf(place, name), Attributes: attributes }),
  );
}

/** A queue's tags, as SQS says them. */
export async function tagsOf(place: Place, name: string): Promise<Record<string, string>> {
  const QueueUrl = await urlOf(place, name);
  const { Tags = {} } = await place.aws.sqs.send(new ListQueueTagsCommand({ QueueUrl }));
  return Tags;
}
