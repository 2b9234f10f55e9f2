import type { ChalkInstance } from 'chalk';
import type { BatchFailures } from '../functions/batch-failures.ts';
import { printable } from '../rules/text/shown-text.ts';

/** What came of a call of a function. */
export interface InvokedView {
  readonly name: string;
  /** What it answered, or its error, as JSON text. */
  readonly payload: string;
  /** Undefined where the function did not fail. */
  readonly functionError: string | undefined;
  /** Undefined where it was not called with messages, or says nothing of them. */
  readonly failures: BatchFailures | undefined;
  /** Whether Lambda reads of its answer which messages failed; undefined where the topology says nothing of it. */
  readonly isReported: boolean | undefined;
}

/** Whether a call went well: no error, and no message of the batch that failed. */
export function wentWell({ functionError, failures }: InvokedView): boolean {
  return functionError === undefined && (failures?.failed.length ?? 0) === 0;
}

/** The lines that say how a call ended: the outcome first, then the answer where that says more. */
export function renderInvoked(view: InvokedView, style: ChalkInstance): string[] {
  const { name, payload, functionError, failures, isReported } = view;
  if (functionError !== undefined) {
    return [`${style.red('✗')} ${name} failed: ${errorWords(payload)}`];
  }
  const answered = `answered: ${printable(payload)}`;
  if (failures === undefined || wentWell(view)) return [`${style.green('✓')} ${name} ${answered}`];
  const { failed, of, isUnreadable } = failures;
  const ids = failed.map((id) => printable(id)).join(', ');
  const messages = `${failed.length} of ${of} message${of === 1 ? '' : 's'}`;
  const remark = isUnreadable
    ? 'Lambda takes that for a failure of the whole batch: batchItemFailures has to be a list of { itemIdentifier } of the batch.'
    : isReported === false
      ? 'Its mapping has no partialFailures: Lambda ignores batchItemFailures, and deletes all messages of the batch.'
      : undefined;
  return [
    `${style.red('✗')} ${name} failed with ${messages}: ${ids}`,
    `  ${answered}`,
    ...(remark === undefined ? [] : [`  ${remark}`]),
  ];
}

/** What an error's payload says; the payload itself where it is not an error as Lambda writes it. */
function errorWords(payload: string): string {
  const error = parsed(payload);
  const { errorType, errorMessage } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const isError = typeof errorType === 'string' && typeof errorMessage === 'string';
  return printable(isError ? `${errorType}: ${errorMessage}` : payload);
}

/** JSON as a value; the text itself where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
