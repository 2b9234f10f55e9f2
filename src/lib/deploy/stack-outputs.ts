import type { Stack } from '../aws/stacks.ts';

/** The outputs of a stack by name. */
export function outputsOf({ Outputs = [] }: Stack): Record<string, string> {
  const pairs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
  return Object.fromEntries(pairs);
}
