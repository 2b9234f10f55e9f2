import { GB_BYTES, MONTH_HOURS, type Priced } from '../rules/prices.ts';
import { MONTH_SECONDS } from './consumption.ts';
import { type CostLine, costLines, type Factor, type LineParts, per, times } from './cost-line.ts';

/** What one capacity unit of an Application Load Balancer takes ("Elastic Load Balancing pricing", LCU details). */
const UNIT_CONNECTIONS_A_SECOND = 25;
/** Zones that a load balancer has a public address in. */
const BALANCER_ZONES = 2;
/** Bytes of an item that one write unit takes ("Read/write capacity mode", DynamoDB Developer Guide). */
const WRITE_UNIT_BYTES = 1024;
/** Bytes that DynamoDB counts for an item besides what is in it. */
const ITEM_OVERHEAD_BYTES = 100;
/** An order and its event, the entry in the index of what is not published, and both again once it is. */
const ORDER_WRITES = 4;

const line = (
  part: string,
  what: string,
  priced: Priced,
  factors: readonly Factor[],
): LineParts => ({ part, what, of: '', priced, factors });

/** An HTTP API of API Gateway. @param requests a month. */
export function httpApiLines(requests: number): CostLine[] {
  return costLines([line('API', 'requests', 'httpApi', [times(requests, 'requests')])], '');
}

/** A load balancer: by the hour, and by its units, each request coming with a connection of its own. */
export function balancerLines(requests: number): CostLine[] {
  const hours = times(MONTH_HOURS, 'hours');
  const connections = [
    times(requests, 'connections'),
    per(MONTH_SECONDS, 'seconds'),
    per(UNIT_CONNECTIONS_A_SECOND, 'a unit'),
    hours,
  ];
  return costLines(
    [
      line('API', 'load balancer', 'loadBalancer', [hours]),
      line('API', 'capacity units', 'loadBalancerUnit', connections),
      line('API', 'public addresses', 'publicAddress', [hours, times(BALANCER_ZONES, 'zones')]),
    ],
    '',
  );
}

/** A table of orders, which has each order's event until that is published. @param bytes of an order. */
export function orderTableLines(orders: number, bytes: number): CostLine[] {
  const size = bytes + ITEM_OVERHEAD_BYTES;
  return costLines(
    [
      line('tables', 'write orders', 'tableWrite', [
        times(orders, 'orders'),
        times(ORDER_WRITES, 'writes'),
        writeUnits(bytes),
      ]),
      line('tables', 'keep a month', 'tableStorage', [
        times(orders, 'orders'),
        times(size, 'bytes'),
        per(GB_BYTES, 'bytes a GB'),
      ]),
    ],
    '',
  );
}

/** What functions write, one item a message in each of their tables. */
export function functionTableLines(
  writes: readonly { readonly name: string; readonly messages: number; readonly bytes: number }[],
): CostLine[] {
  const parts = writes.map(({ name, messages, bytes }): LineParts => {
    const factors = [times(messages, 'messages'), writeUnits(bytes)];
    return { part: 'tables', what: 'write', of: name, priced: 'tableWrite', factors };
  });
  return costLines(parts, 'functions');
}

function writeUnits(bytes: number): Factor {
  return times(Math.ceil(bytes / WRITE_UNIT_BYTES), 'units of 1 KB');
}

/** @param metrics that alarms look at. */
export function alarmLines(metrics: number): CostLine[] {
  if (metrics === 0) return [];
  return costLines([line('alarms', 'watch', 'alarm', [times(metrics, 'metrics')])], '');
}
