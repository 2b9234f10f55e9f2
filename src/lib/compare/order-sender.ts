import type { Aws } from '../aws/clients.ts';
import type { Topology } from '../definition/topology.ts';
import { hasOrderApi, sampleOrder } from '../deploy/order-api.ts';
import { createEventMaker } from '../events/event-maker.ts';
import { createPublisher } from '../publish/publisher.ts';
import { AppError } from '../rules/errors.ts';
import { parseArn } from '../rules/names.ts';

/** Sends one order, or one event. @param number from 1. @throws AppError where it is refused. */
export type SendOrder = (number: number) => Promise<void>;

/** How long one request may take, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Users that orders are of. */
const USERS = 100;
/** Clients that orders come from, in the network for documentation (RFC 5737, TEST-NET-3). */
const CLIENTS = 50;
/** The type of an event of a topology that has none. */
const ANY_TYPE = 'sample.event';

/** The way in to a deployed topology: its order API where it has one, otherwise its topics with samples of their events. */
export function orderSender(
  aws: Aws,
  topology: Topology,
  outputs: Readonly<Record<string, string>>,
): SendOrder {
  if (hasOrderApi(topology)) return (number) => postOrder(`${outputs.ApiUrl}/orders`, number);
  return eventSender(aws, topology, outputs);
}

async function postOrder(url: string, number: number): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      // As a proxy before it says: orders of several clients, since the API lets each have so many a second.
      'X-Forwarded-For': `203.0.113.${(number % CLIENTS) + 1}`,
    },
    body: sampleOrder((number % USERS) + 1),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  }).catch((cause: Error) => {
    throw refused(`the order API does not answer (${cause.message})`, cause);
  });
  const text = await answer.text();
  if (!answer.ok) throw refused(`the order API answered ${answer.status}: ${text.slice(0, 200)}`);
}

function eventSender(
  aws: Aws,
  { topics, events }: Topology,
  outputs: Readonly<Record<string, string>>,
): SendOrder {
  const types = Object.keys(events);
  const makers = (types.length === 0 ? [ANY_TYPE] : types).map((type) => {
    const key = events[type]?.topic;
    const { name } = topics.find((each) => each.key === key) ?? topics[0] ?? { name: '' };
    const topicArn = Object.values(outputs).find((each) => parseArn(each)?.resource === name) ?? '';
    return {
      maker: createEventMaker({ events, type, check: () => undefined, seed: 1 }),
      publisher: createPublisher({ aws, topicArn }),
    };
  });
  return async (number) => {
    const made = makers[number % makers.length];
    if (made === undefined) return;
    let problem = '';
    await made.publisher.publish([{ event: made.maker.sample({}, number) }], {
      linger: 0,
      onFailed: ({ message }) => {
        problem = message;
      },
    });
    if (problem !== '') throw refused(`the topic refused it: ${problem}`);
  };
}

function refused(message: string, cause?: Error): AppError {
  return new AppError({ code: 'OrderRefused', message, ...(cause && { cause }) });
}
