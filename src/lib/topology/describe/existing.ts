import { listMappings } from '../../aws/mappings.ts';
import { listSubscriptions, type Subscription } from '../../aws/subscriptions.ts';
import type { SubscriberSpec, Topology } from '../../definition/topology.ts';
import { AppError } from '../../rules/errors.ts';
import { parseArn } from '../../rules/names.ts';
import { allSettled, createLimit } from '../limit.ts';
import { createNames } from './names.ts';
import { describeQueue, type FoundQueue, readQueue } from './read-queue.ts';
import { type FoundTopic, readSubscription, readTopic, type Target } from './read-topic.ts';

/** What to describe. */
export interface ExistingRequest {
  readonly target: Target;
  /** The topology's name. */
  readonly name: string;
  /** ARNs of topics; each with all queues of the target's account that it delivers to. */
  readonly topicArns: readonly string[];
  /** Names of queues; each with the topics of the target's account that deliver to it. */
  readonly queues: readonly string[];
  /** False where it is nobody's but to look at. */
  readonly managed: boolean;
}

/** What is there, described, and what couldn't be. */
export interface Existing {
  readonly topology: Topology;
  /** ARNs and names of what was asked for and isn't there. */
  readonly missing: readonly string[];
  /** Subscriptions of the topics that lead to no queue of this account and region, or to one that isn't there. */
  readonly elsewhere: readonly Subscription[];
  /** Subscriptions' own dead-letter queues, which a topology doesn't describe. */
  readonly redriven: readonly RedrivenSubscription[];
  /** Functions that take from the queues: their code, which a topology needs, isn't there to be read. */
  readonly functions: readonly QueueFunction[];
}

/** A function that takes from a queue. */
export interface QueueFunction {
  readonly queue: string;
  readonly functionArn: string;
  /** Of the mapping, such as `Enabled`. */
  readonly state: string;
}

/** A subscription with a dead-letter queue of its own, for what SNS can't deliver. */
export interface RedrivenSubscription {
  readonly topic: string;
  readonly queue: string;
  readonly deadLetterArn: string;
}

/** One queue and the topics that deliver to it. */
interface Wire {
  readonly topic: FoundTopic;
  readonly subscription: Subscription;
}

/**
 * Describes topics and queues that are there, whoever made them, as a topology that says the same to the letter.
 * @throws AppError when a call is refused or nobody answers.
 */
export async function describeExisting(request: ExistingRequest): Promise<Existing> {
  const { target, name, managed } = request;
  const limit = createLimit();
  const arns = new Set([...request.topicArns, ...(await topicsOfQueues(request))]);
  const keys = createNames(undefined, new Set());
  const topics = await allSettled(
    [...arns].map((arn) => {
      const key = keys(parseArn(arn)?.resource ?? arn);
      return limit(() => readTopic(target, arn, key));
    }),
  );
  const found = topics.filter((topic) => topic !== undefined);
  const asked = new Set(request.topicArns);
  // A topic that is there because of a queue is described for that queue alone.
  const wires = found.flatMap((topic) =>
    topic.subscriptions
      .filter(({ endpoint }) => asked.has(topic.arn) || isOneOf(request.queues, endpoint))
      .map((subscription): Wire => ({ topic, subscription })),
  );
  const { inReach, elsewhere } = sort(wires, target);
  const names = [...new Set([...request.queues, ...inReach.map(queueOf)])];
  const queues = await allSettled(names.map((each) => limit(() => readQueue(target.aws, each))));
  const shortNames = createNames(managed ? name : undefined);
  const described = await allSettled(
    queues.flatMap((queue) => (queue ? [describe(target, queue, inReach, shortNames)] : [])),
  );
  const subscribers = described.map(({ subscriber }) => subscriber);
  return {
    topology: {
      name,
      prefix: '',
      managed,
      folder: undefined,
      topics: found.map(({ spec }) => spec),
      subscribers,
      events: {},
      tables: [],
      functions: [],
    },
    missing: [
      ...request.topicArns.filter((arn) => !found.some((topic) => topic.arn === arn)),
      ...request.queues.filter((each) => !queues.some((queue) => queue?.name === each)),
    ],
    elsewhere: [
      ...elsewhere,
      ...inReach.filter((wire) => !queues.some((queue) => queue?.name === queueOf(wire))),
    ].map(({ subscription }) => subscription),
    redriven: described.flatMap(({ redriven }) => redriven),
    functions: await functionsOf(
      target,
      queues.filter((queue) => queue !== undefined),
    ),
  };
}

/** The functions that take from queues; none where the endpoint has no functions, or the caller may not look. */
async function functionsOf(
  { aws }: Target,
  queues: readonly FoundQueue[],
): Promise<QueueFunction[]> {
  const limit = createLimit();
  const found = await allSettled(
    queues.map(({ name, arn }) =>
      limit(async () => {
        try {
          const mappings = await listMappings(aws, { queueArn: arn });
          return mappings.map(({ functionArn, state }) => ({ queue: name, functionArn, state }));
        } catch (error) {
          if (error instanceof AppError) return [];
          throw error;
        }
      }),
    ),
  );
  return found.flat();
}

/** The topics that deliver to the queues that were asked for. */
async function topicsOfQueues({ target, queues }: ExistingRequest): Promise<string[]> {
  if (queues.length === 0) return [];
  const found: string[] = [];
  for await (const { topicArn, endpoint } of listSubscriptions(target.aws)) {
    if (isOneOf(queues, endpoint) && isInReach(endpoint, target)) found.push(topicArn);
  }
  return found;
}

async function describe(
  target: Target,
  queue: FoundQueue,
  wires: readonly Wire[],
  nameOf: (queue: string) => string,
): Promise<{
  readonly subscriber: SubscriberSpec;
  readonly redriven: readonly RedrivenSubscription[];
}> {
  const name = nameOf(queue.name);
  const own = wires.filter(({ subscription }) => subscription.endpoint === queue.arn);
  const found = await allSettled(
    own.map(({ topic, subscription }) => readSubscription(target, topic, subscription)),
  );
  const subscriptions = found.map(({ spec }) => spec);
  return {
    subscriber: { name, subscriptions, ...(await describeQueue(target.aws, queue)) },
    redriven: found.flatMap(({ spec: { topic }, deadLetterArn }) =>
      deadLetterArn === undefined ? [] : [{ topic, queue: queue.name, deadLetterArn }],
    ),
  };
}

function sort(
  wires: readonly Wire[],
  target: Target,
): { readonly inReach: readonly Wire[]; readonly elsewhere: readonly Wire[] } {
  const reaches = ({ subscription: { protocol, endpoint } }: Wire): boolean =>
    protocol === 'sqs' && isInReach(endpoint, target);
  return {
    inReach: wires.filter(reaches),
    elsewhere: wires.filter((wire) => !reaches(wire)),
  };
}

/** Whether a queue is one of the target's account and region. */
function isInReach(queueArn: string, { identity }: Target): boolean {
  const arn = parseArn(queueArn);
  return (
    arn?.service === 'sqs' &&
    arn.region === identity.region &&
    (identity.account === undefined || arn.account === identity.account)
  );
}

function isOneOf(queues: readonly string[], endpoint: string): boolean {
  return queues.includes(parseArn(endpoint)?.resource ?? '');
}

function queueOf({ subscription }: Wire): string {
  return parseArn(subscription.endpoint)?.resource ?? '';
}
