import type { FoundMapping } from '../../aws/mappings.ts';
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

/** Whether a mapping takes nothing from its queue, or is about to take nothing: `Disabled` or `Disabling`. */
export function isOff({ state }: Pick<FoundMapping, 'state'>): boolean {
  return state.startsWith('Disabl');
}
