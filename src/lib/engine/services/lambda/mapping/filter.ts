import { matchFilterPolicy, parseEventPattern } from '../../../../rules/filter-policy/index.ts';
import type { SqsRecord } from './record.ts';

/** Whether a record goes to the function. */
export type RecordFilter = (record: SqsRecord) => boolean;

/**
 * Compiles `FilterCriteria`: a record passes that one of the patterns matches, all where there is none. A body that is a
 * JSON object is matched by its fields, any other as text ("Properly filtering Amazon SQS messages").
 *
 * @param patterns which were checked
 */
export function recordFilter(patterns: readonly string[]): RecordFilter {
  if (patterns.length === 0) return () => true;
  const compiled = patterns.map(parseEventPattern);
  return (record) => {
    const filterable = {
      attributes: {},
      body: JSON.stringify({ ...record, body: read(record.body) }),
    };
    return compiled.some((pattern) => matchFilterPolicy(pattern, filterable).matched);
  };
}

function read(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : body;
  } catch {
    return body;
  }
}
