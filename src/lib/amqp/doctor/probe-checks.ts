import type { Verdict } from '../../diagnose/doctor/check.ts';
import type { ProbeResult } from '../../diagnose/doctor/probe-result.ts';
import { type Canary, isWanted } from './canaries.ts';
import type { Arrivals, Branch } from './exchange-copy.ts';

/** Events that a finding names. */
const MOST_NAMES = 4;

/** What became of a branch's canaries, and what is to be said of that. Pure. */
export function judgeBranch(
  branch: Branch,
  canaries: readonly Canary[],
  { confirmed, received }: Arrivals,
): {
  readonly results: readonly ProbeResult[];
  readonly verdict: Verdict;
  readonly evidence: string;
} {
  const results = canaries.map((canary): ProbeResult => {
    const expected = isWanted(branch.wanted, canary);
    const totalMs = received.get(branch)?.get(canary.key);
    return {
      subscriber: branch.subscriber,
      outcome: totalMs !== undefined ? 'delivered' : expected ? 'lost' : 'filtered',
      event: canary.message.name,
      expected,
      publishMs: confirmed.get(canary.key) ?? null,
      toQueueMs: null,
      totalMs: totalMs ?? null,
    };
  });
  const of = (outcome: ProbeResult['outcome'], isExpected: boolean): ProbeResult[] =>
    results.filter((each) => each.outcome === outcome && each.expected === isExpected);
  const wrong = [
    ...said(of('lost', true), 'never came to a queue that is bound like this one'),
    ...said(
      of('delivered', false),
      'came to a queue that is bound like this one, and by the file should not',
    ),
  ];
  if (wrong.length > 0) return { results, verdict: 'fail', evidence: wrong.join(' ') };
  const evidence = [
    ...said(of('delivered', true), `came through${times(of('delivered', true))}`),
    ...said(of('filtered', false), 'stayed out, as the filter says'),
  ];
  return { results, verdict: 'ok', evidence: evidence.join(' ') };
}

function said(results: readonly ProbeResult[], what: string): string[] {
  if (results.length === 0) return [];
  const names = results.map(({ event }) => event);
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return [`${names.slice(0, MOST_NAMES).join(', ')}${more} ${what}.`];
}

/** Of the slowest one. */
function times(results: readonly ProbeResult[]): string {
  const totals = results.map(({ totalMs }) => totalMs ?? 0);
  const confirms = results.map(({ publishMs }) => publishMs ?? 0);
  return ` in ${Math.max(...totals)} ms, confirmed after ${Math.max(...confirms)} ms`;
}
