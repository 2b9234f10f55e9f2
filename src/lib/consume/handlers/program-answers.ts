/** What a kept program says about one event. */
export interface ProgramAnswer {
  readonly id: string;
  readonly ok: boolean;
  /** Why it failed; a sentence of ours where the program gives none. */
  readonly reason: string;
}

/**
 * Reads a line that a kept program wrote: `{"id":"7","ok":true}`, `{"id":"7","ok":false,"reason":"…"}`, or an array
 * of these.
 * @returns undefined where it is not an answer but output.
 */
export function readAnswers(line: string): ProgramAnswer[] | undefined {
  if (!/^\s*[[{]/.test(line)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const answers = (Array.isArray(value) ? value : [value]).map(readAnswer);
  const read = answers.filter((answer) => answer !== undefined);
  return read.length === answers.length ? read : undefined;
}

function readAnswer(value: unknown): ProgramAnswer | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, ok, reason } = value as Record<string, unknown>;
  if ((typeof id !== 'string' && typeof id !== 'number') || typeof ok !== 'boolean') {
    return undefined;
  }
  const text = typeof reason === 'string' && reason !== '' ? reason : 'the program gave no reason';
  return { id: String(id), ok, reason: text };
}
