import { AppError } from '../../lib/rules/errors.ts';
import { parseFilterPolicy } from '../../lib/rules/filter-policy/index.ts';
import type { BrokerAccess } from '../../lib/transport/transport.ts';
import type { CommandContext } from '../command.ts';
import { printProblem, show, type TapEnded, type TapSource, tellBeginning } from './output.ts';
import type { TapRequest } from './request.ts';

/**
 * Watches a topic's exchange of RabbitMQ through an exclusive queue, which goes with the connection.
 * @throws AppError `TopicNotFound`, `NotSubscribed`, `AccessDenied` (exit 4).
 */
export async function tapBroker(
  context: CommandContext,
  broker: BrokerAccess,
  { topology, topic, signal }: TapSource,
  request: TapRequest,
): Promise<TapEnded> {
  const { subscriber, policy, where, max, idleTimeout, duration } = request;
  const { queue, keys } = await broker.openTap({ topology, topic, subscriber, policy });
  tellBeginning(context, topic, request, bindingWords(keys, policy?.filterPolicy));
  const { tapQueue } = await import('../../lib/tap/tap.ts');
  try {
    const outcome = await tapQueue({
      queue,
      signal,
      onMessage: (message) => show(context, request, message),
      onProblem: (problem) => {
        printProblem(context, problem);
        if (problem.kind === 'trouble') context.printer.note(GAP);
      },
      ready: async () => context.printer.drained(),
      policy: policy && parseFilterPolicy(policy.filterPolicy, policy.scope),
      where,
      max,
      idleTimeout,
      duration,
    });
    return { outcome, removed: true };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { outcome: error, removed: true };
  }
}

/** The queue is the connection's: nobody keeps anything for a tap that is away. */
const GAP = '  What is published until it is back is not seen.';

function bindingWords(keys: readonly string[], filter: string | undefined): string | undefined {
  if (keys.includes('#')) return filter && `Filter: ${filter}`;
  return `Binding ${keys.length === 1 ? 'key' : 'keys'}: ${keys.join(', ')}`;
}
