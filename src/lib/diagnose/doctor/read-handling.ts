import type { Aws } from '../../aws/clients.ts';
import type { SubscriberSpec, Topology } from '../../definition/topology.ts';
import { andThen, type Fact, factOf, readFact } from './fact.ts';
import type { HandlingFacts, QueueFacts } from './facts.ts';

/**
 * Reads the function that handles a subscriber's messages, and who takes from its queue.
 * @returns undefined where no function does.
 */
export async function readHandling(
  aws: Aws,
  topology: Topology,
  { handler }: SubscriberSpec,
  queue: Fact<QueueFacts>,
): Promise<Fact<HandlingFacts> | undefined> {
  if (handler === undefined || !('function' in handler)) return undefined;
  const target = topology.functions.find(({ key }) => key === handler.function);
  if (target === undefined) return undefined;
  const { name } = target;
  const [{ getFunction }, { listMappings }] = await Promise.all([
    import('../../aws/functions.ts'),
    import('../../aws/mappings.ts'),
  ]);
  return andThen(queue, async ({ arn: queueArn }) => {
    const [found, mappings] = await Promise.all([
      readFact({ permission: 'lambda:GetFunction', on: name }, async () => ({
        function: await getFunction(aws, name),
      })),
      readFact({ permission: 'lambda:ListEventSourceMappings', on: '*' }, () =>
        listMappings(aws, { queueArn }),
      ),
    ]);
    if (found.kind !== 'value') return found;
    if (mappings.kind !== 'value') return mappings;
    return factOf({ target, handler, found: found.value.function, mappings: mappings.value });
  });
}
