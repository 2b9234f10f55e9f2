import type { PublishedMessage } from '../../aws/message-trace.ts';
import { stepOf } from '../../diagnose/trace/steps.ts';
import { clientName, FUNCTION_CLIENT } from '../../rules/client-name.ts';
import type { MessageEvent } from '../../rules/message-trace.ts';
import type { EdgeTraffic, TraceView } from '../api/stream.ts';
import { edgeId, functionArn } from '../node-ids.ts';

/** Adds up what passed each edge, or was stopped there. */
export function trafficOf(events: readonly MessageEvent[]): EdgeTraffic[] {
  const edges = new Map<string, { -readonly [K in keyof EdgeTraffic]: EdgeTraffic[K] }>();
  for (const event of events) {
    const id = edgeOf(event);
    if (id === undefined) continue;
    const edge = edges.get(id) ?? { id, passed: 0, filtered: 0, refused: 0, reason: null };
    edges.set(id, edge);
    if (event.kind === 'filtered') {
      edge.filtered += 1;
      edge.reason = event.clause;
    } else if (event.kind === 'refused') {
      edge.refused += 1;
      edge.reason = event.reason;
    } else edge.passed += 1;
  }
  return [...edges.values()];
}

function edgeOf(event: MessageEvent): string | undefined {
  switch (event.kind) {
    case 'filtered':
    case 'refused':
    case 'delivered':
    case 'invoked':
      return event.subscriptionArn;
    case 'dead-lettered':
      return edgeId(event.queueArn, event.deadLetterArn);
    case 'received': {
      const { client } = clientName(event.userAgent);
      if (!client.startsWith(FUNCTION_CLIENT)) return undefined;
      const name = client.slice(FUNCTION_CLIENT.length);
      return edgeId(event.queueArn, functionArn(event.queueArn, name));
    }
    default:
      return undefined;
  }
}

/** An event as a list shows it. @param messageId of the row that it belongs to. */
export function traceView(
  event: MessageEvent,
  messageId: string,
  published: PublishedMessage | undefined,
): TraceView {
  const { time, what, words } = stepOf(event, published);
  return { time, what, messageId, node: nodeOf(event), words };
}

/** Where it happened: in a topic or queue, or in a function that is subscribed to the topic itself. */
function nodeOf(event: MessageEvent): string {
  if ('topicArn' in event && event.kind !== 'delivered') return event.topicArn;
  if ('queueArn' in event && event.queueArn !== undefined) return event.queueArn;
  return 'functionArn' in event ? event.functionArn : '';
}
