import {
  CreateEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/lib/definition/topology.ts';
import { diagnose } from '../../../src/lib/diagnose/doctor/diagnose.ts';
import { arrives, explainDelivery } from '../../../src/lib/diagnose/explain/delivery-verdict.ts';
import { readLiveBranches } from '../../../src/lib/diagnose/explain/live-branches.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { planSetup } from '../../../src/lib/topology/setup.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { createForeignFunction, notificationsPlace } from '../../fixtures/order-notifications.ts';
import { cleanUpAt, drift, setUpAt } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();

/** The order notification system, set up under names of its own. */
async function setUpPlace(): Promise<Place> {
  const place = await notificationsPlace(endpoint);
  await setUpAt(place);
  return place;
}

/** The same after its function was taken out of the file. */
function withoutFunction({ topology, ...rest }: Place): Place {
  const subscribers = topology.subscribers.map((each) => ({ ...each, handler: undefined }));
  const changed: Topology = { ...topology, subscribers, functions: [], tables: [] };
  return { ...rest, topology: changed };
}

const queueOf = ({ topology }: Place): string => topology.subscribers[0]?.queue ?? '';

async function mappingsOf({ aws, identity, topology }: Place) {
  const lambda = await aws.lambda();
  const queue = topology.subscribers[0]?.queue;
  const EventSourceArn = `arn:aws:sqs:us-east-1:${identity.account}:${queue}`;
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ EventSourceArn }),
  );
  return EventSourceMappings.map(({ UUID = '', FunctionArn = '' }) => ({
    uuid: UUID,
    name: FunctionArn.split(':')[6],
  }));
}

/** Lets a function that somebody else made take from the queue too. */
async function letOtherTake(place: Place): Promise<string> {
  const name = `${place.topology.prefix}-theirs`;
  await createForeignFunction(place, name, 'export const handler = () => null;');
  const lambda = await place.aws.lambda();
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: name,
      EventSourceArn: `arn:aws:sqs:us-east-1:${place.identity.account}:${queueOf(place)}`,
    }),
  );
  return name;
}

async function mappingCheck(place: Place) {
  const { found } = await diagnose({ place, stateDir: '/nonexistent' });
  return found.checks.find(({ id }) => id === 'mapping');
}

/** What explain says of an order on the target. */
async function explained(place: Place) {
  const [branch] = await readLiveBranches(place);
  if (branch === undefined) throw new Error('there is no branch');
  const { recipient, ...way } = branch;
  const verdict = explainDelivery(recipient, { body: '{"status":"new"}', attributes: {} }, way);
  return { ...verdict.taking, arrives: arrives(verdict), delivered: verdict.delivered };
}

describe.skipIf(isIndependent)('a mapping that the topology does not say', () => {
  it('is removed by setup where the function was taken out of the file', async () => {
    const place = await setUpPlace();
    const changed = withoutFunction(place);
    const name = `${queueOf(place)} → ${place.topology.functions[0]?.name}`;
    expect(await drift(changed)).toMatchObject([{ action: 'delete', type: 'mapping', name }]);
    const check = await mappingCheck(changed);
    expect(check).toMatchObject({ verdict: 'fail', fix: { tool: 'pubsub', words: ['setup'] } });
    expect(await explained(changed)).toMatchObject({ delivered: true, handled: false });

    await setUpAt(changed);
    expect(await mappingsOf(place)).toEqual([]);
    expect(await drift(changed)).toEqual([]);
    expect(await mappingCheck(changed)).toBeUndefined();
    expect(await explained(changed)).toEqual({ delivered: true, arrives: true });
  });

  it('goes with the queue at cleanup', async () => {
    const place = await setUpPlace();
    const { deleted, verified } = await cleanUpAt(withoutFunction(place));
    expect(deleted[0]).toMatchObject({ type: 'mapping' });
    expect(verified).toBe(true);
  });

  it('is left where the function is somebody else’s, and told', async () => {
    const place = await setUpPlace();
    const theirs = await letOtherTake(place);
    const { changes, observed } = await planSetup(place);
    expect(changes.every(({ action }) => action === 'unchanged')).toBe(true);
    const [, other] = await mappingsOf(place);
    expect(observed.strays).toMatchObject([
      { uuid: other?.uuid, functionName: theirs, enabled: true, isOurs: false },
    ]);
    const check = await mappingCheck(place);
    expect(check?.evidence).toContain(`The function ${theirs} takes from this queue too`);
    expect(check?.fix).toMatchObject({
      commands: [['lambda', 'delete-event-source-mapping', '--uuid', other?.uuid]],
    });
  });
});

describe.skipIf(isIndependent)('who takes an event from the queue, as explain tells it', () => {
  async function change(place: Place, changed: object): Promise<void> {
    const [mapping] = await mappingsOf(place);
    const lambda = await place.aws.lambda();
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.uuid, ...changed }));
  }
  const filter = (pattern: object) => ({
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] },
  });

  it('is the function; nobody where its mapping is off, filters it out, or is gone', async () => {
    const place = await setUpPlace();
    const [spec] = place.topology.functions;
    expect(await explained(place)).toEqual({
      delivered: true,
      arrives: true,
      function: spec?.name,
      handled: true,
      words: `The function ${spec?.name} takes it.`,
    });
    // SNS's envelope is the body.
    await change(place, filter({ body: { Type: ['Notification'] } }));
    expect(await explained(place)).toMatchObject({ arrives: true });
    await change(place, filter({ body: { status: ['new'] } }));
    expect(await explained(place)).toMatchObject({
      arrives: false,
      words: expect.stringContaining('Lambda deletes this one unseen'),
    });
    await change(place, { Enabled: false });
    expect(await explained(place)).toMatchObject({
      arrives: false,
      words: expect.stringContaining('is disabled: the message waits there'),
    });
  });
});
