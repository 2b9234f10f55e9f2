import { readTemporaryTags, temporaryPurposeOf } from '../../definition/temporary.ts';
import type { Topology } from '../../definition/topology.ts';
import { callRefused, REPLY, replyCode } from '../errors.ts';
import type { Management } from '../management.ts';
import type { FoundExchange } from '../observed.ts';
import { tagsOf } from '../plan.ts';
import type { Session } from '../session.ts';

/**
 * Removes exchanges of probes that were killed between making one and binding the first queue to it: with a binding, the
 * broker removes it by itself. @throws AppError as `Management` does.
 */
export async function sweepCopies(
  session: Session,
  management: Management,
  topology: Topology,
): Promise<void> {
  const found = (await management.get<(FoundExchange & { name: string })[]>(['exchanges'])) ?? [];
  const left = found.filter((exchange) => {
    if (temporaryPurposeOf(topology, exchange.name) !== 'probe') return false;
    const facts = readTemporaryTags(topology, tagsOf(exchange));
    return facts !== undefined && facts.expires < Date.now();
  });
  for (const { name } of left) {
    // A channel each: the broker closes one whose call it refuses.
    const channel = await session.channel();
    try {
      await channel.deleteExchange(name, { ifUnused: true });
      await channel.close();
    } catch (error) {
      if (replyCode(error) === REPLY.preconditionFailed) continue;
      throw callRefused(session.broker, `remove "${name}"`, error);
    }
  }
}
