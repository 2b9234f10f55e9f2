import type { ChalkInstance } from 'chalk';
import type { FunctionStatus } from '../functions/function-status.ts';

/** A line for each function and table. */
export function renderFunctionStatus(
  { functions, tables }: FunctionStatus,
  style: ChalkInstance,
): string[] {
  const missing = style.red('missing');
  return [
    ...functions.map(({ name, arn, mappings }) => {
      const taking = mappings.map(({ queue, state }) =>
        state === 'Enabled' ? queue : style.red(`${queue} (${state ?? 'no mapping'})`),
      );
      const words = taking.length > 0 ? `, takes from ${taking.join(', ')}` : '';
      return `function ${style.bold(name)}  ${arn === null ? missing : style.green('exists') + words}`;
    }),
    ...tables.map(({ name, exists, items }) => {
      const words = items === 1 ? '1 item' : `${items} items`;
      return `table ${style.bold(name)}  ${exists ? `${style.green('exists')}, ${words}` : missing}`;
    }),
  ];
}
