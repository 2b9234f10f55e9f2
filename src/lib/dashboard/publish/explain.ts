import type { DeliveryVerdict } from '../../diagnose/explain/delivery-verdict.ts';
import { explainDelivery, recipientsOf } from '../../diagnose/explain/delivery-verdict.ts';
import { readLiveBranches } from '../../diagnose/explain/live-branches.ts';
import type { FilterableMessage } from '../../rules/filter-policy/index.ts';
import type { ExplainView, VerdictView } from '../api/publish.ts';
import type { Dashboard } from '../dashboard.ts';
import { attributeList } from '../foreign-text.ts';
import type { RouteRequest } from '../http/route.ts';
import { placeOf } from '../target.ts';
import { eventWords, readEvent } from './event-request.ts';

/** Subscribers that the target is asked about at the most: each takes five requests. */
const MAX_ASKED = 100;

/** `POST explain`: who would get an event. Changes nothing. */
export async function explain(dashboard: Dashboard, { body }: RouteRequest): Promise<ExplainView> {
  const place = await placeOf(dashboard);
  const { topology } = place;
  const asked = await readEvent(topology, body);
  const { event, topic } = asked;
  const attributes = { ...event.attributes, ...asked.attributes };
  const message: FilterableMessage = {
    body: event.message.text,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { type, value }]) => [
        name,
        type.startsWith('Binary') ? { DataType: type } : { DataType: type, StringValue: value },
      ]),
    ),
  };
  const subscribers = topology.subscribers.filter(({ subscriptions }) =>
    subscriptions.some((each) => each.topic === topic.key),
  );
  const isAsked = subscribers.length <= MAX_ASKED;
  const verdicts = isAsked
    ? (
        await readLiveBranches({
          ...place,
          topology: { ...topology, topics: [topic], subscribers },
        })
      ).map(({ recipient, ...way }) => explainDelivery(recipient, message, way))
    : recipientsOf(subscribers, topic.key).map((recipient) => explainDelivery(recipient, message));
  return {
    body: message.body,
    attributes: attributeList(attributes),
    verdicts: verdicts.map(verdictView),
    judgedBy: isAsked ? 'target' : 'file',
    command: dashboard.commands.pubsub(...eventWords('explain', asked)),
  };
}

function verdictView({ obstacles, ...verdict }: DeliveryVerdict): VerdictView {
  return {
    ...verdict,
    obstacles: obstacles.map(({ by, clause, words, hint }) => ({
      by,
      clause: clause ?? null,
      words,
      hint: hint ?? null,
    })),
  };
}
