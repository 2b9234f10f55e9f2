import { tagQueue, tagTopic } from '../aws/tags.ts';
import { resourceTags } from '../definition/resource-tags.ts';
import type { Topology } from '../definition/topology.ts';
import type { Resource } from './change.ts';
import type { Observed, Place } from './inspect.ts';
import { allSettled, createLimit } from './limit.ts';
import { observedTopic } from './observed.ts';

/** One that carries tags, and how to give it some. */
interface Taggable extends Resource {
  tag(aws: Place['aws']): Promise<void>;
}

/** What of a topology is there and carries tags: its own topics, queues and dead-letter queues. */
export function resourcesOf(topology: Topology, observed: Observed): readonly Taggable[] {
  const topics = topology.topics.flatMap((spec): Taggable[] => {
    const { exists, arn } = observedTopic(observed, spec.key);
    if (spec.arn !== undefined || !exists || arn === undefined) return [];
    const tags = resourceTags(topology, spec);
    return [{ type: 'topic', name: spec.name, tag: (aws) => tagTopic(aws, arn, tags) }];
  });
  const queues = (['queue', 'dlq'] as const).flatMap((type) =>
    [...new Map(topology.subscribers.map((each) => [each[type], each]))].flatMap(
      ([name, { kmsKey, dlqKmsKey }]): Taggable[] => {
        const found = name === undefined ? undefined : observed.queues.get(name);
        if (found === undefined) return [];
        const tags = resourceTags(topology, { kmsKey: type === 'queue' ? kmsKey : dlqKmsKey });
        return [{ type, name: found.name, tag: (aws) => tagQueue(aws, found.url, tags) }];
      },
    ),
  );
  return [...topics, ...queues];
}

/** Tags all of it as the topology's. A second call changes nothing. @throws AppError of a call that is refused. */
export async function tagAsOurs({ aws, topology }: Place, observed: Observed): Promise<void> {
  const limit = createLimit();
  await allSettled(resourcesOf(topology, observed).map((each) => limit(() => each.tag(aws))));
}
