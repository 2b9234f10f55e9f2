import { RDS_INSTANCE } from '../definition/styles.ts';
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
/**
 * Writes of one order: the sequence of ids, the item with its event, its entries in three indexes; then the item without
 * the event, which leaves one index.
 */
const CREATE_WRITES = 7;
/** Of a change: the item with its event; two indexes that the status is a key of, where the old entry goes; and as above. */
const CHANGE_WRITES = 8;
/** Of an event that a function handles once: that it is at it, and that it is done. */
const HANDLED_WRITES = 2;
/** Bytes of an order as an item, without an event. */
const ORDER_BYTES = 300;

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

/**
 * The table of the order API, whose items are below 1 KB, one write unit each.
 * @param created orders. @param changed changes of orders. @param handled messages that functions handle once.
 */
export function orderTableLines(created: number, changed: number, handled: number): CostLine[] {
  const writes = (what: string, count: number, of: string, each: number): LineParts =>
    line('tables', what, 'tableWrite', [times(count, of), times(each, 'writes')]);
  return costLines(
    [
      writes('create orders', created, 'orders', CREATE_WRITES),
      writes('change orders', changed, 'changes', CHANGE_WRITES),
      writes('handle once', handled, 'messages', HANDLED_WRITES),
      line('tables', 'keep a month', 'tableStorage', [
        times(created, 'orders'),
        times(ORDER_BYTES + ITEM_OVERHEAD_BYTES, 'bytes'),
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

/** The Postgres of RDS that a stack makes, with the secret of its password; backups as large as its storage are free. */
export function databaseLines(): CostLine[] {
  return costLines(
    [
      line('database', RDS_INSTANCE.name, 'rdsMicro', [times(MONTH_HOURS, 'hours')]),
      line('database', 'storage', 'rdsStorage', [times(RDS_INSTANCE.gigabytes, 'GB')]),
      line('database', 'password', 'secret', [times(1, 'secret')]),
    ],
    '',
  );
}
