import { MAX_BODY_DEPTH } from './filter-policy/body.ts';
import { matchFilterPolicy, parseEventPattern } from './filter-policy/index.ts';
import { isDeeperThan } from './text/json-depth.ts';

/** What of an SQS record patterns look at, besides its other fields. */
export interface FilterableRecord {
  readonly body: string;
}

/**
 * Compiles `FilterCriteria` of a mapping: a record passes that one of the patterns matches, all where there is none. A
 * body that is a JSON object is matched by its fields, any other as text ("Properly filtering Amazon SQS messages").
 * @throws InvalidFilterPolicy for a pattern that Lambda refuses.
 */
export function recordFilter(patterns: readonly string[]): (record: FilterableRecord) => boolean {
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

/** The body as an object; one that nests deeper than filters look is text to them, and so is what is no JSON. */
function read(body: string): unknown {
  if (isDeeperThan(body, MAX_BODY_DEPTH - 1)) return body;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : body;
  } catch {
    return body;
  }
}
