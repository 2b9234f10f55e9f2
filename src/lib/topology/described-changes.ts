import type { Change, ResourceType } from './change.ts';

/** What a topology that only describes what others made says of each kind of thing; it says nothing of policies. */
const DESCRIBED: Readonly<Partial<Record<ResourceType, readonly string[]>>> = {
  topic: ['DisplayName', 'ContentBasedDeduplication', 'KmsMasterKeyId'],
  dlq: ['MessageRetentionPeriod', 'KmsMasterKeyId'],
  queue: [
    'VisibilityTimeout',
    'ReceiveMessageWaitTimeSeconds',
    'MessageRetentionPeriod',
    'DelaySeconds',
    'RedrivePolicy',
    'KmsMasterKeyId',
  ],
  policy: [],
  subscription: ['RawMessageDelivery', 'FilterPolicy', 'FilterPolicyScope'],
};

/** A plan without what its topology doesn't describe: settings of ours alone, and policies. */
export function describedChanges(changes: readonly Change[]): Change[] {
  return changes
    .filter(({ type }) => type !== 'policy')
    .map((change) => {
      if (change.action === 'create') return change;
      const described = DESCRIBED[change.type];
      const differences = change.differences.filter(({ setting }) =>
        // Of tables and functions it says all but whose they are.
        described === undefined ? setting !== 'tags' : described.includes(setting),
      );
      return { ...change, action: differences.length > 0 ? 'update' : 'unchanged', differences };
    });
}
