import { setTimeout as sleep } from 'node:timers/promises';

/** Orders that are created and confirmed over HTTP as long as the load lasts, whether the server is there or not. */
export interface OrderLoad {
  /** Ids of orders that were answered with 201. */
  readonly created: ReadonlySet<number>;
  /** Ids of orders whose confirmation was answered with 200. */
  readonly confirmed: ReadonlySet<number>;
  /** Requests that got no answer: what became of them is unknown. */
  readonly unanswered: number;
  /** Answers that should not be, as status and text. */
  readonly wrong: readonly string[];
  /** Lets the requests under way finish, and sends no more. */
  end(): Promise<void>;
}

const CLIENTS = 4;
/** Milliseconds between the requests of one client. */
const PAUSE = 8;

/** Starts the load. @param url of the server; nobody need be there. */
export function loadOrders(url: string): OrderLoad {
  const created = new Set<number>();
  const confirmed = new Set<number>();
  const wrong: string[] = [];
  let unanswered = 0;
  let over = false;
  const send = async (
    method: string,
    path: string,
    order: object,
  ): Promise<{ status: number; id: number } | undefined> => {
    try {
      const answer = await fetch(url + path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ order }),
        signal: AbortSignal.timeout(20_000),
      });
      const text = await answer.text();
      const { status } = answer;
      // 503: the server is there, and just now can't store anything.
      if (status !== 200 && status !== 201 && status !== 503) wrong.push(`${status} ${text}`);
      if (status >= 300) return undefined;
      return { status, id: (JSON.parse(text) as { id: number }).id };
    } catch {
      unanswered++;
      await sleep(50);
      return undefined;
    }
  };
  const client = async (): Promise<void> => {
    for (let turn = 0; !over; turn++) {
      const order = await send('POST', '/orders', { user_id: 1, total: 29.99, status: 'pending' });
      if (order?.status === 201) created.add(order.id);
      if (order && turn % 4 === 0) {
        const change = await send('PATCH', `/orders/${order.id}`, { status: 'confirmed' });
        if (change?.status === 200) confirmed.add(order.id);
      }
      await sleep(PAUSE);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  return {
    created,
    confirmed,
    wrong,
    get unanswered() {
      return unanswered;
    },
    end: async () => {
      over = true;
      await Promise.all(clients);
    },
  };
}
