import type { Attributes } from '../aws/topics.ts';
import type { TopicSpec } from '../definition/topology.ts';
import type { Difference } from './change.ts';
import { keySetting } from './key-setting.ts';

/** The attributes that a topic is created with; those left at their default are not named. */
export function topicSettings(spec: TopicSpec): Attributes {
  return {
    ...(spec.fifo ? { FifoTopic: 'true' } : {}),
    ...(spec.displayName ? { DisplayName: spec.displayName } : {}),
    ...(spec.contentBasedDeduplication ? { ContentBasedDeduplication: 'true' } : {}),
    ...keySetting(spec.kmsKey),
  };
}

/** What of a topic's attributes differs; an absent one and its default mean the same. */
export function topicDifferences(spec: TopicSpec, found: Attributes): Difference[] {
  const name = found.DisplayName ?? '';
  const byContent = found.ContentBasedDeduplication ?? 'false';
  const wanted = String(spec.contentBasedDeduplication);
  return [
    ...(name === spec.displayName
      ? []
      : [
          {
            setting: 'DisplayName',
            from: name || undefined,
            to: spec.displayName || undefined,
          },
        ]),
    ...(byContent === wanted
      ? []
      : [{ setting: 'ContentBasedDeduplication', from: byContent, to: wanted }]),
  ];
}
