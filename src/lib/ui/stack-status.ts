import type { ChalkInstance } from 'chalk';
import type { StackResourceSummary } from '../aws/stacks.ts';
import type { DeployedStack } from '../deploy/deployed-stack.ts';
import { plainReason } from '../rules/stack-reason.ts';
import { resourceWord } from './stack.ts';
import { renderTable } from './table.ts';

/** What the states of a stack mean, as far as their names don't say it. */
const WORDS: Readonly<Record<string, string>> = {
  CREATE_COMPLETE: 'deployed',
  UPDATE_COMPLETE: 'deployed',
  UPDATE_ROLLBACK_COMPLETE: 'deployed; its last change was taken back',
  REVIEW_IN_PROGRESS: 'planned, nothing of it is made',
  ROLLBACK_COMPLETE: 'its first deployment failed and was taken back',
  DELETE_FAILED: 'something of it could not be deleted',
};

/**
 * A stack in lines: its state, and how many resources of which type it has; those that failed with their reasons.
 * @param options.all each resource, with what it is called on the target.
 */
export function renderStackStatus(
  { name, stack }: DeployedStack,
  resources: readonly StackResourceSummary[],
  style: ChalkInstance,
  { all }: { readonly all: boolean },
): string[] {
  const { StackStatus: status = '' } = stack;
  const reason = plainReason(stack.StackStatusReason ?? '');
  const paint = /FAILED|ROLLBACK/.test(status) ? style.red : style.green;
  const head = `${style.bold(name)}  ${paint(status)}`;
  const words = WORDS[status];
  const failed = resources.filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_FAILED'));
  return [
    words === undefined ? head : `${head}  ${style.dim(words)}`,
    ...(reason === '' ? [] : [`  ${reason}`]),
    ...failed.map((each) =>
      style.red(
        `  ✗ ${each.LogicalResourceId}: ${plainReason(each.ResourceStatusReason ?? '') || each.ResourceStatus}`,
      ),
    ),
    ...(all ? resourceTable(resources, style) : [`  ${countsOf(resources)}`]),
  ];
}

function countsOf(resources: readonly StackResourceSummary[]): string {
  const counts = new Map<string, number>();
  for (const { ResourceType = '' } of resources) {
    const word = resourceWord(ResourceType);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  if (counts.size === 0) return 'no resources';
  return [...counts].map(([word, count]) => plural(word, count)).join(', ');
}

function resourceTable(resources: readonly StackResourceSummary[], style: ChalkInstance): string[] {
  const columns = [{ heading: 'type' }, { heading: 'resource' }, { heading: 'on the target' }];
  const rows = resources.map((each) => [
    { text: resourceWord(each.ResourceType ?? '') },
    { text: each.LogicalResourceId ?? '' },
    { text: each.PhysicalResourceId ?? '-' },
  ]);
  return renderTable(columns, rows, style).map((line) => `  ${line}`);
}

function plural(word: string, count: number): string {
  if (count === 1) return `1 ${word}`;
  return `${count} ${word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`}`;
}
