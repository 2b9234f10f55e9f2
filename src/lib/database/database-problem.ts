/** The one line that says why a statement or a connection failed; never the statement or its values. */
export function databaseProblem(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const { message, code } = inner as { message?: string; code?: string };
  return (message || code || String(inner)).split('\n')[0]?.replace(/\.$/, '') ?? 'unknown';
}
