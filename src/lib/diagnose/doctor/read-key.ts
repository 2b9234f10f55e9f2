import type { Aws } from '../../aws/clients.ts';
import { describeKey, getKeyPolicy } from '../../aws/keys.ts';
import type { Limit } from '../../topology/limit.ts';
import { andThen, type Fact, factOf, readFact } from './fact.ts';
import type { KeyFacts, QueueFacts } from './facts.ts';

/** The key that AWS manages for SQS: its policy can't be changed, and it doesn't let SNS in. */
export const MANAGED_KEY = 'alias/aws/sqs';

/** Reads the customer key that encrypts a queue, and its policy: two calls. Undefined where there is none to read. */
export async function readKey(
  aws: Aws,
  limit: Limit,
  queue: Fact<QueueFacts>,
): Promise<Fact<KeyFacts | undefined>> {
  return andThen(queue, async ({ attributes }): Promise<Fact<KeyFacts | undefined>> => {
    const on = attributes.KmsMasterKeyId;
    if (!on || on.endsWith(MANAGED_KEY)) return factOf(undefined);
    const key = await limit(() =>
      readFact({ permission: 'kms:DescribeKey', on, what: `key ${on}` }, () =>
        describeKey(aws, on),
      ),
    );
    return andThen(key, (found) =>
      limit(() =>
        readFact({ permission: 'kms:GetKeyPolicy', on, what: `key ${on}` }, async () => {
          const policy = await getKeyPolicy(aws, found.id);
          return policy === undefined ? undefined : { key: found, policy };
        }),
      ),
    );
  });
}
