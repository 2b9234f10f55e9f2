import type { ChalkInstance } from 'chalk';
import type { ShownSaga } from '../platform/run/sagas.ts';
import { type Cell, renderTable } from './table.ts';

/** Sagas as a table, the newest first. */
export function renderSagas(sagas: readonly ShownSaga[], style: ChalkInstance): string[] {
  const headings = ['SAGA', 'STATE', 'STEP', 'ORDER', 'REASON'].map((heading) => ({ heading }));
  const rows = sagas.map(({ id, state, step, order_id, reason }): Cell[] => [
    { text: id },
    { text: state, paint: paintOf(state, style) },
    { text: step },
    { text: order_id === null ? '-' : String(order_id) },
    { text: reason ?? '-' },
  ]);
  return renderTable(headings, rows, style);
}

/** Everything of one saga. */
export function renderSaga(saga: ShownSaga, style: ChalkInstance): string[] {
  const items = saga.items.map(
    ({ product_id, quantity, price }) =>
      `${quantity} × product ${product_id}${price === undefined ? '' : ` at ${price}`}`,
  );
  const { state, step, attempts, last_error: lastError, reason, detail } = saga;
  const facts: readonly (readonly [string, string | null])[] = [
    ['state', paintOf(state, style)(state)],
    ['step', attempts > 0 ? `${step}, tried ${attempts} times` : step],
    ['why', reason && (detail ? `${reason}: ${detail}` : reason)],
    ['error', lastError],
    ['user', String(saga.user_id)],
    ['items', items.join(', ')],
    ['total', saga.total],
    ['paid by', saga.payment_method],
    ['order', saga.order_id === null ? null : String(saga.order_id)],
  ];
  return [
    style.bold(`saga ${saga.id}`),
    ...facts.flatMap(([name, text]) => (text ? [`  ${style.dim(name.padEnd(8))} ${text}`] : [])),
    ...saga.log.map(
      ({ at, step: done, outcome, detail: why }) =>
        `  ${style.dim(at)}  ${done} ${outcome.replace('_', ' ')}${why ? `: ${why}` : ''}`,
    ),
  ];
}

function paintOf(state: string, style: ChalkInstance): (text: string) => string {
  if (state === 'completed') return style.green;
  return state === 'compensation_failed' ? style.red : style.yellow;
}
