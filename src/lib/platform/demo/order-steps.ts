import { randomUUID } from 'node:crypto';
import { SERVICES_THERE } from '../run/services.ts';
import {
  HISTORY,
  MY_ORDERS,
  NOTICES,
  ORDER,
  PAYMENTS,
  PRODUCT,
  SAGA,
  SAGAS,
  type ShopAnswer,
  type ShopRequest,
} from './shop-client.ts';
import { bodyOf, claim, type Stage, until } from './stage.ts';

/** What the story orders: which product, and how many. */
const ITEM = { product_id: 1, quantity: 2 };

/** Units of the product that can be had. */
async function available({ platform: { shop } }: Stage): Promise<number> {
  return bodyOf(await shop({ path: `/products/${ITEM.product_id}` }), PRODUCT).available;
}

/** What says that the order's end is to be asked for again, with the same key. */
const NOT_YET = [202, 503, 504];

/** What asks for an order, under a key of its own. */
function request({ token }: Stage, method: string): ShopRequest {
  return {
    path: '/orders',
    token,
    body: { items: [ITEM], payment_method: method },
    headers: { 'idempotency-key': randomUUID() },
  };
}

/** Orders, and asks again with the same key until it is known what became of it. */
function order(stage: Stage, method: string): Promise<ShopAnswer> {
  const asked = request(stage, method);
  return until('an answer to the order', async () => {
    const answer = await stage.platform.shop(asked);
    if (NOT_YET.includes(answer.status)) throw new Error(`${answer.status} ${answer.text}`);
    return answer;
  });
}

async function paymentsOf({ platform: { shop }, adminToken }: Stage, sagaId: string) {
  const path = `/payments?key=${sagaId}:pay`;
  return bodyOf(await shop({ path, token: adminToken }), PAYMENTS).payments;
}

/** Orders: reserved, paid, created, told. */
export async function placeOrder(stage: Stage): Promise<void> {
  const { shop } = stage.platform;
  const before = await available(stage);
  const placed = bodyOf(await order(stage, 'card'), ORDER, 201);
  claim(stage, true, `order ${placed.id} is made: ${ITEM.quantity} units, ${placed.total}`);
  const after = await until('the stock', async () => {
    const now = await available(stage);
    return now === before - ITEM.quantity ? now : undefined;
  });
  claim(stage, true, `the stock went from ${before} to ${after}`);
  const { sagas } = bodyOf(await shop({ path: '/sagas', token: stage.token }), SAGAS);
  const saga = sagas.find((each) => each.order_id === placed.id);
  const paid = saga && (await paymentsOf(stage, saga.id));
  claim(stage, paid?.[0]?.status === 'paid', `one payment of ${paid?.[0]?.amount} was taken`);
  const path = `/orders/${placed.id}/history`;
  const { events } = bodyOf(await shop({ path, token: stage.token }), HISTORY);
  claim(stage, events.length > 0, `its history has ${events.length} event(s)`);
  const mine = bodyOf(await shop({ path: '/me/orders', token: stage.token }), MY_ORDERS);
  const isThere = mine.orders.some(({ id }) => id === placed.id);
  claim(stage, isThere, 'the gateway shows it together with its products');
  if (SERVICES_THERE.includes('notifications')) await expectMail(stage);
}

async function expectMail(stage: Stage): Promise<void> {
  const { shop } = stage.platform;
  const mail = await until('the mail', async () => {
    const answer = await shop({ path: '/notifications', token: stage.token });
    const { notifications } = bodyOf(answer, NOTICES);
    return notifications.find(
      ({ event_type, state }) => event_type === 'order.created' && state === 'sent',
    );
  });
  claim(stage, true, 'the mail about it was sent');
  stage.tell({ kind: 'shown', text: `📧 ${mail.subject}` });
}

/** A card that is declined: the units go back. */
export async function declinePayment(stage: Stage): Promise<void> {
  const before = await available(stage);
  const answer = await order(stage, 'card-declined');
  claim(stage, answer.status === 402, 'a declined card is answered with 402', answer.text);
  await until('the stock', async () => ((await available(stage)) === before ? true : undefined));
  claim(stage, true, `and the stock is ${before} as before`);
}

/** The order service is killed while it waits for a payment, and goes on when it is back. */
export async function killDuringSaga(stage: Stage): Promise<void> {
  const { platform, token } = stage;
  const before = await available(stage);
  // Whoever asked may get no answer any more. Asked again and again, the breaker would open.
  const asked = platform.shop(request(stage, 'card-slow')).catch(() => undefined);
  const paying = await until('the saga', async () => {
    const { sagas } = bodyOf(await platform.shop({ path: '/sagas', token }), SAGAS);
    return sagas.find(
      ({ payment_method, step }) => payment_method === 'card-slow' && step === 'pay',
    );
  });
  await platform.kill('orders');
  await asked;
  claim(stage, true, 'the order service is killed while a slow payment is under way');
  await platform.revive();
  const ended = await until('the end of the saga', async () => {
    const answer = await platform.shop({ path: `/sagas/${paying.id}`, token });
    const saga = bodyOf(answer, SAGA);
    return saga.order_id !== null && saga.state !== 'running' ? saga : undefined;
  });
  claim(stage, true, `restarted, it ends the saga: order ${ended.order_id}, ${ended.state}`);
  const payments = await paymentsOf(stage, paying.id);
  claim(stage, payments.length === 1, 'it was paid once', `${payments.length} payments`);
  const after = await available(stage);
  claim(stage, after === before - ITEM.quantity, 'and its units were taken once', String(after));
}
