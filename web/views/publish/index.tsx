import type { VNode } from 'preact';
import type { EventCatalogue } from '../../../src/lib/dashboard/api/index.ts';
import { Empty, Problem } from '../../parts/empty.tsx';
import { api } from '../../state/api.ts';
import { overview } from '../../state/overview.ts';
import { useResource } from '../../state/resource.ts';
import { route } from '../../state/route.ts';
import { PublishForm } from './publish-form.tsx';

/** An event, who would get it, and the button that publishes it. */
export function PublishView(): VNode {
  const version = overview.value?.topology.name ?? '';
  const { data, problem, reload } = useResource(`events ${version}`, api.events);
  if (problem) return <Problem error={problem} retry={reload} />;
  if (data === undefined) return <Empty title="Reading the catalogue…" />;
  if (data.topics.length === 0) {
    return (
      <Empty
        title="There is no topic to publish to"
        because={['The topology has none yet.']}
        command={overview.value?.commands.setup}
      />
    );
  }
  return <Chosen catalogue={data} />;
}

function Chosen({ catalogue }: { readonly catalogue: EventCatalogue }): VNode {
  const { params } = route.value;
  const { events, topics } = catalogue;
  const type = params.get('type') ?? events[0]?.type ?? '';
  const event = events.find((each) => each.type === type);
  const topic = params.get('topic') ?? event?.topic ?? topics[0]?.key ?? '';
  return <PublishForm key={type} catalogue={catalogue} event={event} type={type} topic={topic} />;
}
