import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type {
  GraphEdge,
  NodeDetail,
  Overview,
  ReceiverView,
} from '../../../src/lib/dashboard/api/index.ts';
import { CommandLine } from '../../parts/command-line.tsx';
import { Empty, Problem, Remarks } from '../../parts/empty.tsx';
import { Foreign } from '../../parts/foreign.tsx';
import { Icon } from '../../parts/icon.tsx';
import { EDGE_STATES, Mark } from '../../parts/mark.tsx';
import { api } from '../../state/api.ts';
import { useResource } from '../../state/resource.ts';
import { href, route } from '../../state/route.ts';
import { isolated } from '../../text/controls.ts';
import { age, counted } from '../../text/figures.ts';
import { indented } from '../../text/json-text.ts';
import { kindWords } from './words.ts';

/** What is known of the node or edge that was chosen. */
export function Details(props: { readonly overview: Overview; readonly close: () => void }): VNode {
  const { overview, close } = props;
  const { params } = route.value;
  const node = params.get('node');
  const edge = overview.edges.find(({ id }) => id === params.get('edge'));
  if (node !== null) return <NodePanel id={node} version={overview.time} close={close} />;
  if (edge !== undefined) return <EdgePanel edge={edge} overview={overview} close={close} />;
  return (
    <Panel title="Gone" close={close}>
      <Empty title="It is not there any more" />
    </Panel>
  );
}

function Panel(props: {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}): VNode {
  const { title, close, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  // The focus goes to what was opened.
  useEffect(() => heading.current?.focus(), [title]);
  return (
    <aside class="details" aria-label={isolated(title)}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          <Foreign text={title} />
        </h2>
        <button type="button" class="plain" aria-label="Close" title="Close (Esc)" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="stack">{children}</div>
    </aside>
  );
}

function NodePanel(props: {
  readonly id: string;
  readonly version: number;
  readonly close: () => void;
}): VNode {
  const { id, version, close } = props;
  const { data, problem, reload } = useResource(id, () => api.node(id));
  // Read again when what is there was read again.
  useEffect(() => data && reload(), [version]);
  return (
    <Panel title={data?.node.name ?? id} close={close}>
      {problem && <Problem error={problem} retry={reload} />}
      {data && <NodeFacts detail={data} />}
    </Panel>
  );
}

function NodeFacts({ detail }: { readonly detail: NodeDetail }): VNode {
  const { node, attributes, policy, tags, receivers, commands, remarks } = detail;
  const isQueue = node.kind === 'queue' || node.kind === 'dead-letter-queue';
  return (
    <>
      <p class="muted">
        {kindWords(node)}
        {node.subscriber !== null && ` of ${node.subscriber}`} · <Foreign text={node.owner.words} />
      </p>
      {node.arn !== null && (
        <p class="mono breaks">
          <Foreign text={node.arn} />
        </p>
      )}
      <div class="row">
        {isQueue && !node.missing && <a href={href('queues', node.name)}>Look into the queue</a>}
        {isQueue && (
          <a href={href('messages', undefined, { subscriber: node.name })}>Its messages</a>
        )}
        {node.kind === 'topic' && (
          <>
            <a href={href('messages', undefined, { topic: node.name })}>Its messages</a>
            <a href={href('publish')}>Publish</a>
          </>
        )}
      </div>
      <Remarks sentences={remarks} />
      {receivers !== null && <Receivers receivers={receivers} />}
      {commands.length > 0 && (
        <Section title="Commands">
          {commands.map(({ label, command }) => (
            <div class="stack tight" key={command}>
              <span class="muted small">{label}</span>
              <CommandLine command={command} />
            </div>
          ))}
        </Section>
      )}
      <Section title="Attributes">
        <Facts entries={attributes} />
      </Section>
      {policy !== null && (
        <Section title="Policy">
          <pre class="foreign" dir="auto">
            <Foreign text={policy} whole />
          </pre>
        </Section>
      )}
      <Section title="Tags">
        {tags === null && <p class="muted">They may not be read.</p>}
        {tags?.length === 0 && <p class="muted">None.</p>}
        {tags && <Facts entries={tags} />}
      </Section>
    </>
  );
}

function Section(props: { readonly title: string; readonly children: ComponentChildren }): VNode {
  return (
    <section class="stack tight">
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}

function Facts(props: {
  readonly entries: readonly { readonly name: string; readonly value: string }[];
}): VNode {
  return (
    <dl class="facts">
      {props.entries.map(({ name, value }) => (
        <FactRow key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function FactRow({ name, value }: { readonly name: string; readonly value: string }): VNode {
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

function Receivers({ receivers }: { readonly receivers: readonly ReceiverView[] }): VNode {
  return (
    <Section title="Who received in the last minute">
      {receivers.length === 0 && <p class="muted">Nobody.</p>}
      <ul class="stack tight">
        {receivers.map(({ client, pid, messages, receives, secondsAgo }) => (
          <li key={`${client} ${pid}`}>
            <Foreign text={client} /> {pid !== null && <span class="muted">pid {pid}</span>}
            <p class="muted small">
              {counted(messages, 'message')} in {counted(receives, 'receive')}, the last{' '}
              {age(secondsAgo)} ago
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function EdgePanel(props: {
  readonly edge: GraphEdge;
  readonly overview: Overview;
  readonly close: () => void;
}): VNode {
  const { edge, overview, close } = props;
  const nameOf = (id: string): string => overview.nodes.find((node) => node.id === id)?.name ?? id;
  const { state, reason, fix, filter, kind, rawDelivery, maxReceiveCount } = edge;
  return (
    <Panel title={`${nameOf(edge.from)} → ${nameOf(edge.to)}`} close={close}>
      <div class="row">
        <Mark look={EDGE_STATES[state]} />
        <span class="muted">{kind}</span>
        {kind === 'subscription' && (
          <span class="muted">{rawDelivery ? 'raw delivery' : 'in an envelope'}</span>
        )}
      </div>
      {reason !== null && (
        <p>
          <Foreign text={reason} />
        </p>
      )}
      {fix !== null && (
        <Section title="What fixes it">
          <CommandLine command={fix} />
        </Section>
      )}
      {maxReceiveCount !== null && (
        <p>A message becomes a dead letter after {counted(maxReceiveCount, 'receive')}.</p>
      )}
      {filter !== null && (
        <Section
          title={filter.scope === 'MessageBody' ? 'Filter on the body' : 'Filter on attributes'}
        >
          <pre class="foreign" dir="auto">
            <Foreign text={indented(filter.policy)} whole />
          </pre>
        </Section>
      )}
      {kind === 'subscription' && <p class="mono breaks small">{edge.id}</p>}
    </Panel>
  );
}
