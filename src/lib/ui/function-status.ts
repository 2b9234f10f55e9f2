import type { ChalkInstance } from 'chalk';
import type { FunctionStatus } from '../functions/function-status.ts';
import { fitLine } from './text-width.ts';

/** A line for each function and table; more where they are wider than `columns`. */
export function renderFunctionStatus(
  { functions, tables }: FunctionStatus,
  style: ChalkInstance,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const missing = style.red('missing');
  const lines = [
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
  return lines.flatMap((line) => fitLine(line, columns));
}
