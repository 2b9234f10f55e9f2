import {
  DeleteEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import {
  getFunction,
  reserveConcurrency,
  updateFunctionCode,
} from '../../../src/lib/aws/functions.ts';
import { getTable } from '../../../src/lib/aws/tables.ts';
import type { TableSpec } from '../../../src/lib/definition/topology.ts';
import { diagnose } from '../../../src/lib/diagnose/doctor/diagnose.ts';
import { packageText } from '../../../src/lib/functions/package-code.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { findRemains } from '../../../src/lib/topology/remains.ts';
import { planSetup, setUp } from '../../../src/lib/topology/setup.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { createForeignFunction, notificationsPlace } from '../../fixtures/order-notifications.ts';
import { cleanUpAt, drift, setUpAt } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();

/** The order notification system under names of its own, with nothing there yet. */
async function newPlace(table: Partial<TableSpec> = {}): Promise<Place> {
  const { topology, ...place } = await notificationsPlace(endpoint);
  const tables = topology.tables.map((each) => ({ ...each, ...table }));
  return { ...place, topology: { ...topology, tables } };
}

const name = (place: Place, key: string): string => `${place.topology.prefix}-${key}`;

async function mappingOf(place: Place): Promise<string> {
  const lambda = await place.aws.lambda();
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: name(place, 'OrderProcessor') }),
  );
  expect(EventSourceMappings).toHaveLength(1);
  return EventSourceMappings[0]?.UUID ?? '';
}

describe.skipIf(isIndependent)('setup of functions and tables', () => {
  it('makes all of them once, and a second plan changes nothing', async () => {
    const place = await newPlace();
    const { changes } = await setUpAt(place);
    expect(changes.map(({ type, action }) => `${action} ${type}`)).toEqual(
      [
        'topic',
        'dlq',
        'queue',
        'policy',
        'subscription',
        'table',
        'logs',
        'function',
        'mapping',
      ].map((type) => `create ${type}`),
    );
    expect(await drift(place)).toEqual([]);
    const found = await getFunction(place.aws, name(place, 'OrderProcessor'));
    expect(found).toMatchObject({
      timeout: 5,
      environment: { TABLE: name(place, 'Orders') },
      tags: { 'managed-by': 'pubsub', 'pubsub:topology': 'order-notifications' },
    });
    expect(await getTable(place.aws, name(place, 'Orders'))).toMatchObject({
      status: 'ACTIVE',
      tags: { 'managed-by': 'pubsub' },
    });
  });

  it('brings back what differs: code, settings, concurrency, and a mapping that was changed or is gone', async () => {
    const place = await newPlace();
    await setUpAt(place);
    const { aws } = place;
    const lambda = await aws.lambda();
    const processor = name(place, 'OrderProcessor');
    await updateFunctionCode(aws, processor, packageText('index.mjs', 'export const x = 1;').zip);
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: processor,
        Timeout: 6,
        Environment: { Variables: { OTHER: 'x' } },
      }),
    );
    await reserveConcurrency(aws, processor, 2);
    await lambda.send(
      new UpdateEventSourceMappingCommand({
        UUID: await mappingOf(place),
        BatchSize: 3,
        Enabled: false,
      }),
    );
    const changes = await drift(place);
    const found = Object.fromEntries(
      changes.map(({ type, differences }) => [type, differences.map(({ setting }) => setting)]),
    );
    expect(found.function).toEqual(
      expect.arrayContaining([
        'Timeout',
        'code',
        'ReservedConcurrency',
        'environment OTHER',
        'environment TABLE',
      ]),
    );
    expect(found.mapping).toEqual(expect.arrayContaining(['BatchSize', 'state']));
    const { found: sick } = await diagnose({ place, stateDir: '/nonexistent' });
    const failed = sick.checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
    expect(failed).toContain('mapping');
    await setUpAt(place);
    expect(await drift(place)).toEqual([]);

    await lambda.send(new DeleteEventSourceMappingCommand({ UUID: await mappingOf(place) }));
    await setUpAt(place);
    expect(await drift(place)).toEqual([]);
    await mappingOf(place);
    const { found: well } = await diagnose({ place, stateDir: '/nonexistent' });
    expect(well.checks.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  it.each([
    [2, 'warn'],
    [5, 'ok'],
    [0, 'fail'],
  ])('a reserved concurrency of %i is %s to doctor', async (reserved, verdict) => {
    const place = await newPlace();
    await setUpAt(place);
    await reserveConcurrency(place.aws, name(place, 'OrderProcessor'), reserved);
    const { found } = await diagnose({ place, stateDir: '/nonexistent' });
    const check = found.checks.find(({ id }) => id === 'mapping');
    expect(check?.verdict, check?.evidence).toBe(verdict);
  });

  it('sets the time to live, makes indexes with the table, and says what can not be changed', async () => {
    const place = await newPlace();
    await setUpAt(place);
    const { topology } = place;
    const withTable = (table: Partial<TableSpec>): Place => ({
      ...place,
      topology: { ...topology, tables: topology.tables.map((each) => ({ ...each, ...table })) },
    });
    const expiring = withTable({ ttl: 'expires' });
    expect((await drift(expiring)).map(({ type }) => type)).toEqual(['table']);
    await setUpAt(expiring);
    expect(await drift(expiring)).toEqual([]);
    await setUpAt(place);
    expect(await drift(place)).toEqual([]);
    const indexes = { byUser: { hash: { name: 'userId', type: 'S' } as const } };
    const indexed = await newPlace({ indexes });
    await setUpAt(indexed);
    expect(await drift(indexed)).toEqual([]);
    expect((await drift(withTable({ indexes })))[0]?.differences).toMatchObject([
      { setting: 'index byUser', from: undefined, to: 'userId' },
    ]);
    await expect(setUpAt(withTable({ indexes }))).rejects.toMatchObject({
      code: 'UnsupportedOperation',
    });
    const other = withTable({ itemKey: { hash: { name: 'other', type: 'N' } } });
    await expect(setUpAt(other)).rejects.toMatchObject({ code: 'TableKeyDiffers' });
  });

  it('never changes a function of somebody else', async () => {
    const place = await newPlace();
    const processor = name(place, 'OrderProcessor');
    const code = 'export const handler = () => "theirs";';
    const { sha256 } = await createForeignFunction(place, processor, code);
    const plan = await planSetup(place);
    expect(plan.changes.find(({ type }) => type === 'function')).toMatchObject({ isForeign: true });
    await expect(setUp(place, plan)).rejects.toMatchObject({ code: 'NotOurs' });
    expect(await getFunction(place.aws, processor)).toMatchObject({
      codeSha256: sha256,
      timeout: 3,
      tags: { owner: 'them' },
    });
    // Nothing else was made either.
    expect(await getTable(place.aws, name(place, 'Orders'))).toBeUndefined();
    const { ours, foreign } = await findRemains(place, { includeUntagged: false });
    expect(ours).toEqual([]);
    expect(foreign).toMatchObject([{ type: 'function', name: processor }]);
  });

  it('cleans up in the order that loses nothing, and leaves nothing', async () => {
    const place = await newPlace();
    await setUpAt(place);
    const { ours } = await findRemains(place, { includeUntagged: false });
    const order = ['mapping', 'function', 'subscription', 'topic', 'queue', 'dlq', 'logs', 'table'];
    expect(ours.map(({ type }) => type)).toEqual(order);
    expect(ours.at(-1)).toMatchObject({ type: 'table', messages: 0 });
    const { deleted, verified } = await cleanUpAt(place);
    expect(deleted.map(({ type }) => type)).toEqual(order);
    expect(verified).toBe(true);
    expect((await drift(place)).every(({ action }) => action === 'create')).toBe(true);
  });
});
