import type { EngineNotes, PolicyRefusal } from '../../../aws/engine-notes.ts';
import { parseArn } from '../../../rules/names.ts';
import { type Finding, fail, warn } from '../check.ts';

/** What an embedded engine says of itself; undefined where it is well, and where the target is not an engine. */
export function engineFinding(notes: EngineNotes | undefined): Finding | undefined {
  if (notes === undefined) return undefined;
  if (notes.problems.length > 0) return fail(notes.problems.join(' '));
  const told = notes.refusals.filter(({ delivered }) => delivered);
  const [first] = told;
  if (first === undefined) return undefined;
  const more = told.length > 1 ? ` and ${told.length - 1} more` : '';
  return warn(
    `The engine delivers what queue policies refuse (--policies warn): from ${way(first)}${more}. AWS would not deliver it.`,
  );
}

function way({ topicArn, queueArn }: PolicyRefusal): string {
  return `${parseArn(topicArn)?.resource ?? topicArn} to ${parseArn(queueArn)?.resource ?? queueArn}`;
}
