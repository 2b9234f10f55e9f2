import type { VNode } from 'preact';
import type { ExplainView, VerdictView } from '../../../src/lib/dashboard/api/index.ts';
import { CommandLine } from '../../parts/command-line.tsx';
import { Foreign, ForeignBlock } from '../../parts/foreign.tsx';
import { Mark } from '../../parts/mark.tsx';
import { counted } from '../../text/figures.ts';
import { indented } from '../../text/json-text.ts';

/** Who would get an event, and what keeps it from the others. */
export function Verdicts({ view }: { readonly view: ExplainView }): VNode {
  const { verdicts, judgedBy, body, command } = view;
  const delivered = verdicts.filter((each) => each.delivered).length;
  const bytes = new Blob([body]).size;
  return (
    <>
      <p class="muted" role="status">
        {delivered} of {counted(verdicts.length, 'subscriber')}
        {judgedBy === 'file' && ', by the topology alone: the target could not be asked'}
      </p>
      <ul class="stack">
        {verdicts.map((verdict) => (
          <Verdict key={verdict.subscriber} verdict={verdict} />
        ))}
      </ul>
      <details>
        <summary>The message as it would be published</summary>
        <ForeignBlock label="Body" value={{ text: body, bytes, cut: false }} />
      </details>
      <div class="stack tight">
        <span class="muted small">The same on the command line</span>
        <CommandLine command={command} />
      </div>
    </>
  );
}

function Verdict({ verdict }: { readonly verdict: VerdictView }): VNode {
  const { subscriber, delivered, filtered, obstacles, unknown } = verdict;
  return (
    <li class="stack tight">
      <div class="row">
        <strong>{subscriber}</strong>
        <Mark look={lookOf(verdict)} />
        {delivered && filtered && <span class="muted small">its filter matches</span>}
      </div>
      {obstacles.map(({ by, clause, words, hint }) => (
        <div class="stack tight small" key={`${by} ${words}`}>
          <p>
            <span class="muted">{by}:</span> <Foreign text={words} />
          </p>
          {clause !== null && (
            <pre class="foreign" dir="auto">
              <Foreign text={indented(clause)} whole />
            </pre>
          )}
          {hint !== null && (
            <p class="muted">
              <Foreign text={hint} />
            </p>
          )}
        </div>
      ))}
      {unknown.map((words) => (
        <p class="small muted" key={words}>
          <Foreign text={words} />
        </p>
      ))}
    </li>
  );
}

function lookOf({
  delivered,
  obstacles,
  unknown,
}: VerdictView): Parameters<typeof Mark>[0]['look'] {
  if (delivered) return { tone: 'ok', icon: 'ok', words: 'gets it' };
  if (obstacles.length === 0 && unknown.length > 0) {
    return { tone: 'quiet', icon: 'unknown', words: "can't be told" };
  }
  const isFilter = obstacles.every(({ by }) => by === 'filter policy');
  return isFilter
    ? { tone: 'quiet', icon: 'filtered', words: 'filtered' }
    : { tone: 'bad', icon: 'bad', words: 'does not get it' };
}
