import type { Aws } from '../../aws/clients.ts';
import { listMappings } from '../../aws/mappings.ts';
import { functionNameOf } from './find-mapping.ts';

/**
 * The names of all functions that take from some queues, whoever mapped them.
 * @throws AppError where mappings may not be listed.
 */
export async function functionsTakingFrom(
  aws: Aws,
  queueArns: readonly string[],
): Promise<string[]> {
  const mappings = await Promise.all(queueArns.map((queueArn) => listMappings(aws, { queueArn })));
  return [...new Set(mappings.flat().map(({ functionArn }) => functionNameOf(functionArn)))];
}
