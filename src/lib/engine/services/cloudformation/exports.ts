import { invalid } from './errors.ts';
import { stacksIn } from './lookup.ts';
import type { CloudFormationState, Stack } from './state.ts';

/** A value that a stack exports. */
export interface Export {
  readonly name: string;
  readonly value: string;
  readonly stackId: string;
}

/** The exports of an account in a region. */
export function exportsOf(
  state: CloudFormationState,
  place: Pick<Stack, 'account' | 'region'>,
): Export[] {
  return stacksIn(state, place)
    .filter(({ deletedAt }) => deletedAt === 0)
    .flatMap(({ id, outputs }) =>
      outputs
        .filter(({ exportName }) => exportName !== '')
        .map(({ exportName, value }) => ({ name: exportName, value, stackId: id })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of the stacks that import a value. */
export function importersOf(
  state: CloudFormationState,
  place: Pick<Stack, 'account' | 'region'>,
  exportName: string,
): string[] {
  return stacksIn(state, place)
    .filter(({ deletedAt, imports }) => deletedAt === 0 && imports.includes(exportName))
    .map(({ name }) => name);
}

/** @throws ServiceError `ValidationError` where there is no such export. */
export function importedValue(state: CloudFormationState, stack: Stack, name: string): string {
  const found = exportsOf(state, stack).find((each) => each.name === name);
  if (found === undefined) throw invalid(`No export named ${name} found.`);
  return found.value;
}

/**
 * Refuses that a stack takes exports away that another imports.
 *
 * @param left names that it goes on exporting, with their values.
 * @throws ServiceError `ValidationError`
 */
export function checkExportsUnused(
  state: CloudFormationState,
  stack: Stack,
  left: ReadonlyMap<string, string>,
): void {
  for (const { exportName, value } of stack.outputs) {
    if (exportName === '' || left.get(exportName) === value) continue;
    const users = importersOf(state, stack, exportName).filter((name) => name !== stack.name);
    if (users.length === 0) continue;
    const what = left.has(exportName) ? 'updated' : 'deleted';
    throw invalid(`Export ${exportName} cannot be ${what} as it is in use by ${users.join(', ')}`);
  }
}
