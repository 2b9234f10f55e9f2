import type { Aws } from '../../aws/clients.ts';
import { type FoundMapping, listMappings } from '../../aws/mappings.ts';
import type { ObservedFunctions } from './observe.ts';

/** The mapping between a queue and a function; undefined where there is none, or it is on its way out. */
export function findMapping(
  { mappings }: Pick<ObservedFunctions, 'mappings'>,
  queueArn: string,
  functionName: string,
): FoundMapping | undefined {
  return mappings.find(
    (each) =>
      each.queueArn === queueArn &&
      functionNameOf(each.functionArn) === functionName &&
      each.state !== 'Deleting',
  );
}

/** The function's name in its ARN, with or without a version behind it. */
export function functionNameOf(arn: string): string {
  return arn.split(':')[6] ?? '';
}

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
