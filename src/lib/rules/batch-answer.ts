/**
 * The messages of a batch that a function says it failed with, of an answer under `ReportBatchItemFailures`.
 *
 * "Lambda treats a batch as a complete success" for an empty or null list of failures, and an empty or null answer; "as
 * a complete failure" for JSON that it can't read, an empty or null `itemIdentifier`, one under another key, and one
 * that is not of the batch ("Reporting batch item failures", Using Lambda with Amazon SQS).
 *
 * @param payload JSON of the answer.
 * @returns ids of messages; `all` where the whole batch failed
 */
export function failedItems(
  payload: string,
  ids: ReadonlySet<string>,
): ReadonlySet<string> | 'all' {
  let answer: unknown;
  try {
    answer = payload === '' ? null : JSON.parse(payload);
  } catch {
    return 'all';
  }
  if (answer === null || answer === '') return new Set();
  if (typeof answer !== 'object' || Array.isArray(answer)) return 'all';
  const { batchItemFailures: failures } = answer as { readonly batchItemFailures?: unknown };
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return 'all';
  const failed = new Set<string>();
  for (const failure of failures as readonly unknown[]) {
    const id =
      typeof failure === 'object' && failure !== null
        ? (failure as { readonly itemIdentifier?: unknown }).itemIdentifier
        : undefined;
    if (typeof id !== 'string' || !ids.has(id)) return 'all';
    failed.add(id);
  }
  return failed;
}
