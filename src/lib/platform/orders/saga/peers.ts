import { durationFromMs, timestampDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { MAX_MONEY } from '../../../orders/money.ts';
import { PaymentService, PaymentStatus } from '../../rpc/pubsub/platform/v1/payments_pb.js';
import { StockService } from '../../rpc/pubsub/platform/v1/stock_pb.js';
import { type Saga, type SagaReason, stepKey } from './saga.ts';
import type { StepOutcome } from './transition.ts';

/** What a saga asks of other services. None of them throws. */
export interface SagaPeers {
  reserve(saga: Saga): Promise<StepOutcome>;
  pay(saga: Saga): Promise<StepOutcome>;
  commit(saga: Saga): Promise<StepOutcome>;
  refund(saga: Saga): Promise<StepOutcome>;
  release(saga: Saga): Promise<StepOutcome>;
}

/** Answers that say for certain that nothing was done, and why; every other failure leaves that open. */
type Refusals = Partial<Record<Code, SagaReason>>;

const RESERVE_REFUSALS: Refusals = {
  [Code.FailedPrecondition]: 'out_of_stock',
  [Code.NotFound]: 'unknown_product',
  [Code.InvalidArgument]: 'invalid_items',
  [Code.AlreadyExists]: 'reservation_lost',
};
const PAY_REFUSALS: Refusals = {
  [Code.InvalidArgument]: 'invalid_payment',
  [Code.AlreadyExists]: 'invalid_payment',
};
const COMMIT_REFUSALS: Refusals = {
  [Code.FailedPrecondition]: 'reservation_lost',
  [Code.NotFound]: 'reservation_lost',
};

/**
 * Asks products and payments by gRPC.
 * @param to.reserveForMs how long units are set aside: longer than a saga may take to an order.
 */
export function createPeers(to: {
  readonly products: Transport;
  readonly payments: Transport;
  readonly reserveForMs: number;
}): SagaPeers {
  const stock = createClient(StockService, to.products);
  const payments = createClient(PaymentService, to.payments);
  return {
    reserve: (saga) =>
      attempt(RESERVE_REFUSALS, async () => {
        const answer = await stock.reserve({
          key: stepKey(saga, 'reserve'),
          items: saga.items.map(({ product_id, quantity }) => ({
            productId: BigInt(product_id),
            quantity,
          })),
          expiresAfter: durationFromMs(to.reserveForMs),
        });
        const { total, items, expiresAt } = answer;
        if (total.length > MAX_MONEY.length) {
          const detail = `The total is ${total}; the most is ${MAX_MONEY}.`;
          return { kind: 'refused', reason: 'total_too_large', detail };
        }
        const facts = {
          total,
          items: items.map(({ productId, quantity, price }) => ({
            ...{ product_id: Number(productId), quantity, price },
          })),
          ...(expiresAt && { reservedUntil: timestampDate(expiresAt) }),
        };
        return { kind: 'done', facts };
      }),
    pay: (saga) =>
      attempt(PAY_REFUSALS, async () => {
        const { status, paymentId, declineCode } = await payments.charge({
          ...{ key: stepKey(saga, 'pay'), userId: BigInt(saga.userId) },
          ...{ amount: saga.total ?? '', method: saga.paymentMethod },
          orderId: BigInt(saga.plannedOrderId ?? 0),
        });
        if (status === PaymentStatus.PAID) return { kind: 'done', facts: { paymentId } };
        if (status === PaymentStatus.DECLINED) {
          return { kind: 'refused', reason: 'payment_declined', detail: declineCode };
        }
        const detail = `The payment is ${PaymentStatus[status] ?? status}.`;
        return { kind: 'refused', reason: 'invalid_payment', detail };
      }),
    commit: (saga) =>
      attempt(COMMIT_REFUSALS, async () => {
        await stock.commit({ key: stepKey(saga, 'reserve') });
        return { kind: 'done' };
      }),
    refund: (saga) =>
      attempt({}, async () => {
        await payments.refund({ key: stepKey(saga, 'pay') });
        return { kind: 'done' };
      }),
    release: (saga) =>
      attempt({}, async () => {
        await stock.release({ key: stepKey(saga, 'reserve') });
        return { kind: 'done' };
      }),
  };
}

async function attempt(refusals: Refusals, call: () => Promise<StepOutcome>): Promise<StepOutcome> {
  try {
    return await call();
  } catch (thrown) {
    const { code, rawMessage, cause } = ConnectError.from(thrown);
    // What the connection failed with has a code too: a reset is ABORTED. Only the other side's answers have no cause.
    const reason = cause === undefined ? refusals[code] : undefined;
    if (reason !== undefined) return { kind: 'refused', reason, detail: rawMessage };
    return { kind: 'unknown', error: `${Code[code]}: ${systemError(cause) ?? rawMessage}` };
  }
}

/** What a connection failed with, such as `ECONNREFUSED`: its message has addresses that customers need not see. */
function systemError(cause: unknown): string | undefined {
  const { code, syscall } = (cause ?? {}) as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : code;
}
