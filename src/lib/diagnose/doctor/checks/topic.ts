import { type Finding, fail, ok, SETUP, topicCheck, warn } from '../check.ts';
import { known, orAbsent } from '../fact.ts';
import type { Circumstances, TopicFacts } from '../facts.ts';

/** Whether the topic is there, and somebody behind it. */
export const topic = topicCheck({
  id: 'topic',
  reads: ({ attributes }) => ({ attributes: orAbsent(attributes) }),
  run: ({ attributes }, facts, circumstances) =>
    attributes === undefined
      ? fail(
          `There is no topic ${facts.arn}. Is it set up under another --prefix, --profile or --region than ${circumstances.identity.region}?`,
          SETUP,
        )
      : behind(facts, circumstances),
});

/** What the topology's subscribers are subscribed to is looked at with them. */
function behind({ key, arn, subscriptions }: TopicFacts, { topology }: Circumstances): Finding {
  const listed = known(subscriptions);
  if (listed === undefined) return ok(arn);
  const hasSubscribers = topology.subscribers.some((each) =>
    each.subscriptions.some(({ topic }) => topic === key),
  );
  if (listed.length === 0 && !hasSubscribers) {
    return warn(`Nobody is subscribed to ${arn}: what is published there reaches nobody.`);
  }
  const waiting = listed
    .filter((each) => each.arn === undefined && !isOfTopology(topology, each.endpoint))
    .map(({ protocol, endpoint }) => `${protocol} ${endpoint}`);
  return waiting.length === 0
    ? ok(arn)
    : warn(
        `SNS delivers nothing to a subscription before it is confirmed, and waits for: ${waiting.join(', ')}.`,
      );
}

function isOfTopology({ subscribers }: Circumstances['topology'], endpoint: string): boolean {
  return subscribers.some(({ queue }) => endpoint.endsWith(`:${queue}`));
}
