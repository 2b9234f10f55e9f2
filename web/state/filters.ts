import type { MessageRow } from '../../src/lib/dashboard/api/index.ts';

/** Filters of the messages, as the address has them. Empty ones let everything through. */
export interface Filters {
  /** Event type; `*` for any characters. */
  readonly type: string;
  /** Conditions on fields, such as `total>100`. */
  readonly where: readonly string[];
  /** A subscriber's or a queue's name. */
  readonly subscriber: string;
  readonly outcome: string;
  readonly topic: string;
  readonly text: string;
}

/** Reads the filters of an address. */
export function readFilters(params: URLSearchParams): Filters {
  const text = (name: string): string => params.get(name) ?? '';
  return {
    type: text('type'),
    where: params.getAll('where').filter((each) => each !== ''),
    subscriber: text('subscriber'),
    outcome: text('outcome'),
    topic: text('topic'),
    text: text('text'),
  };
}

/** Whether filters look into bodies, of which the page has the beginning only. */
export function needsServer({ where, text }: Filters): boolean {
  return where.length > 0 || text !== '';
}

/** Whether a row fits the filters that need no body. */
export function fits({ type, subscriber, outcome, topic }: Filters, row: MessageRow): boolean {
  if (type !== '' && !wildcard(type).test(row.eventType ?? '')) return false;
  if (topic !== '' && row.topic !== topic) return false;
  const branches = row.branches.filter(
    (branch) => subscriber === '' || [branch.subscriber, branch.queue].includes(subscriber),
  );
  if (subscriber !== '' && branches.length === 0) return false;
  return outcome === '' || branches.some((branch) => branch.outcome === outcome);
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
