import { invalid } from '../errors.ts';
import { checkExportsUnused, exportsOf } from '../exports.ts';
import type { CloudFormationState, Stack, StackOutput } from '../state.ts';
import type { Compiled } from '../template/compile.ts';
import { dataText } from '../template/data.ts';
import { evaluate, type Scope, UNKNOWN, type Value } from '../template/evaluate.ts';
import { referencesIn } from '../template/references.ts';

/**
 * Evaluates the outputs whose condition holds. What isn't known yet is an empty text.
 *
 * @throws ServiceError `ValidationError`
 */
export function outputsOf({ template, holds }: Compiled, scope: Scope): StackOutput[] {
  return Object.entries(template.outputs)
    .filter(([, { condition }]) => condition === undefined || holds(condition))
    .map(([key, { value, description = '', exportName }]) => ({
      key,
      value: outputText(key, evaluate(value, scope)),
      description,
      exportName: exportName === undefined ? '' : outputText(key, evaluate(exportName, scope)),
    }));
}

function outputText(key: string, value: Value): string {
  if (value === UNKNOWN) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return dataText(value);
  throw invalid(
    `Template format error: Output ${key} is malformed. The Value field of every Outputs member must evaluate to a String.`,
  );
}

/** @throws ServiceError `ValidationError` for a name that another stack exports, and for a used one that goes. */
export function checkExports(
  state: CloudFormationState,
  stack: Stack,
  outputs: readonly StackOutput[],
): void {
  const own = outputs.filter(({ exportName }) => exportName !== '');
  for (const { name, stackId } of exportsOf(state, stack)) {
    if (stackId === stack.id || !own.some(({ exportName }) => exportName === name)) continue;
    const owner = state.stacks.get(stackId)?.name ?? stackId;
    throw invalid(`Export with name ${name} is already exported by stack ${owner}.`);
  }
  const left = new Map(own.map(({ exportName, value }) => [exportName, value]));
  checkExportsUnused(state, stack, left);
}

/** Names of the exports that resources and outputs use. */
export function importsOf({ template, holds, order }: Compiled, scope: Scope): string[] {
  const values = [
    ...order.map((name) => template.resources[name]?.properties ?? {}),
    ...Object.values(template.outputs).map(({ value }) => value),
  ];
  const names = values
    .flatMap((value) => referencesIn(value, holds))
    .flatMap((reference) => (reference.kind === 'import' ? [reference.name] : []))
    .map((name) => dataText(evaluate(name, scope)));
  return [...new Set(names)];
}
