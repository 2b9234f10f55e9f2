import { setTimeout as sleep } from 'node:timers/promises';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import type { Database } from '../../database/database.ts';
import { MAX_MONEY, readMoney } from '../../orders/money.ts';
import { PaymentService, PaymentStatus } from '../rpc/pubsub/platform/v1/payments_pb.js';
import { checkKey, forServices, invalid } from '../service/rpc-calls.ts';
import { charge, refund } from './charge.ts';
import { PAYMENT_METHODS, type PaymentMethod } from './methods.ts';

/** Milliseconds after which `card-slow` answers. */
const SLOW_ANSWER_MS = 3_000;

const STATUSES = {
  paid: PaymentStatus.PAID,
  declined: PaymentStatus.DECLINED,
  refunded: PaymentStatus.REFUNDED,
  // Nobody is answered with it: the call ends with ABORTED.
  refused: PaymentStatus.UNSPECIFIED,
};

/**
 * Serves payments to other services; `payments.proto` is the contract.
 * @param slowMs milliseconds after which `card-slow` answers
 */
export function paymentService(
  database: Database,
  slowMs: number = SLOW_ANSWER_MS,
): (router: ConnectRouter) => void {
  return (router) =>
    router.service(PaymentService, {
      charge: forServices(async ({ key, orderId, userId, amount, method }, { signal }) => {
        const how = PAYMENT_METHODS.get(method);
        if (how === undefined) throw invalid(`There is no method ${JSON.stringify(method)}.`);
        if (orderId < 0n) throw invalid(`${orderId} is no id of an order.`);
        if (userId < 1n) throw invalid(`${userId} is no id of a user.`);
        if (readMoney(amount) !== amount) {
          throw invalid(`The amount must be decimal text from 0.00 to ${MAX_MONEY}.`);
        }
        const { payment, isFirst } = await charge(database, {
          ...{ key: checkKey(key), userId: String(userId), amount, method },
          orderId: orderId === 0n ? undefined : String(orderId),
          declineCode: how.declineCode,
        });
        if (isFirst) await trouble(how, slowMs, signal);
        return {
          paymentId: payment.id,
          status: STATUSES[payment.status],
          declineCode: payment.decline_code ?? '',
        };
      }),
      refund: forServices(async ({ key }) => ({ refunded: await refund(database, checkKey(key)) })),
    });
}

/** What goes wrong on the way of an answer: the money was taken. */
async function trouble(
  { trouble: kind }: PaymentMethod,
  slowMs: number,
  signal: AbortSignal,
): Promise<void> {
  // Who went away meanwhile gets no answer, and that is no failure.
  if (kind === 'slow') await sleep(slowMs, undefined, { signal }).catch(() => {});
  if (kind === 'lost') throw new ConnectError('The provider went away.', Code.Unavailable);
}
