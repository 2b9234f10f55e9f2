import type { VNode } from 'preact';
import type { MessageSpan, MessageSpans } from '../../../src/lib/dashboard/api/index.ts';
import { Foreign } from '../../parts/foreign.tsx';
import { clock, delay, lasted } from '../../text/figures.ts';

/** The trace that a message carries, as a waterfall: a line for each span, which opens to say more. */
export function Spans({ trace }: { readonly trace: MessageSpans }): VNode {
  return (
    <section class="card stack" aria-label="Trace">
      <header class="row">
        <h2>Trace</h2>
        <code class="small muted">{trace.traceId}</code>
      </header>
      <ol class="spans">
        {trace.spans.map((span) => (
          <li key={span.spanId}>
            <SpanLine span={span} trace={trace} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Steps to the right that are shown at the most. */
const MOST_DEPTH = 8;

function SpanLine(props: { readonly span: MessageSpan; readonly trace: MessageSpans }): VNode {
  const { span, trace } = props;
  const { name, service, depth, isLinked, start, end, error } = span;
  const tone = error !== null ? 'bad' : isLinked ? 'linked' : service === ENGINE ? 'engine' : 'own';
  return (
    <details>
      <summary>
        <span class="name" style={{ paddingInlineStart: `${Math.min(depth, MOST_DEPTH)}rem` }}>
          <Foreign text={name} />
        </span>
        <span class="place">
          <span class={`bar ${tone}`} style={placeOf(span, trace)} />
        </span>
        <span class="took">{lasted(end - start)}</span>
      </summary>
      <dl class="facts">
        {error !== null && <Fact name="Failed" value={error} />}
        <Fact name="Service" value={service} />
        <Fact name="Began" value={`${clock(start)} (${delay(Math.max(0, start - trace.start))})`} />
        {isLinked && <Fact name="Trace" value="another one, which links to this" />}
        {span.attributes.map((each) => (
          <Fact key={each.name} name={each.name} value={each.value} />
        ))}
      </dl>
    </details>
  );
}

/** `service.name` of the engine's own spans. */
const ENGINE = 'pubsub-engine';

/** What began before the trace, or goes on after it, ends at its edges. */
function placeOf(span: MessageSpan, { start, end }: MessageSpans) {
  const whole = Math.max(end - start, 0.001);
  const share = (time: number): number => Math.min(1, Math.max(0, (time - start) / whole));
  const from = share(span.start);
  return { left: `${from * 100}%`, width: `${(share(span.end) - from) * 100}%` };
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): VNode {
  return (
    <>
      <dt>
        <Foreign text={name} />
      </dt>
      <dd>
        <Foreign text={value} />
      </dd>
    </>
  );
}
