import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { afterAll, expect, it, vi } from 'vitest';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { identify } from '../../../src/lib/aws/identity.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { startInBackground, stopBackground } from '../../../src/lib/engine/background.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { killFunctions } from '../../fixtures/function-processes.ts';
import { invoke } from '../../fixtures/function-requests.ts';
import { httpApiBefore } from '../../fixtures/http-api.ts';
import { createOrdersApi, createSubscribers } from '../../fixtures/order-functions.ts';
import { allItems, makeOrdersTable } from '../../fixtures/orders-table.ts';
import { ordersTopology } from '../../fixtures/orders-topology.ts';
import { fanOutAt } from '../../fixtures/topology.ts';
import { loadOrders } from './orders-under-load.ts';

/** `PUBSUB_PROOF_KILLS=20` makes it the long one. */
const KILLS = Number(process.env.PUBSUB_PROOF_KILLS ?? 4);
const PATIENCE = { timeout: 180_000, interval: 200 };
const TABLE = 'orders-table';

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

it(`orders of functions: each answered one is stored once and reaches every subscriber, though engine and functions are killed ${KILLS} times`, {
  timeout: 420_000 + KILLS * 30_000,
}, async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-function-kill-'));
  closing.push(() => rmSync(stateDir, { recursive: true, force: true }));
  let engine = await startInBackground({ stateDir, port: 0 });
  const { port } = new URL(engine.endpoint);
  closing.push(() => stopBackground(stateDir));
  const { place, url, api } = await deployAt(engine.endpoint);
  const load = loadOrders(url);

  for (let kill = 0; kill < KILLS; kill++) {
    const before = load.created.size;
    await vi.waitFor(() => expect(load.created.size).toBeGreaterThan(before + 10), PATIENCE);
    await sleep(Math.random() * 800);
    if (kill % 2 === 0) {
      expect(killFunctions(engine.pid)).toBeGreaterThan(0);
    } else {
      process.kill(engine.pid, 'SIGKILL');
      await sleep(Math.random() * 500);
      engine = await startInBackground({ stateDir, port: Number(port) });
    }
  }
  await load.end();
  // A function that is killed while it answers is what API Gateway says this of.
  expect(load.wrong.filter((each) => each !== '500 {"message":"Internal Server Error"}')).toEqual(
    [],
  );

  const read = () => readTable(place);
  await vi.waitFor(async () => {
    await invoke(place, api, {});
    expect((await read()).waiting).toBe(0);
  }, PATIENCE);
  const { orders } = await read();
  expect([...load.created].filter((id) => !orders.has(id))).toEqual([]);
  const confirmed = [...load.confirmed].filter((id) => orders.get(id)?.status !== 'confirmed');
  expect(confirmed).toEqual([]);
  // Also of those orders that were stored though their answer got lost; and of no others.
  const changed = [...orders.values()].filter(({ status }) => status !== 'pending').length;
  const created = new Set([...orders.values()].map(({ created_by }) => String(created_by)));
  for (const { name } of place.topology.subscribers) {
    await vi.waitFor(async () => {
      const handled = (await read()).handledBy(name);
      expect([...created].filter((id) => !handled.has(id))).toEqual([]);
      expect(handled.size).toBe(orders.size + changed);
    }, PATIENCE);
  }
  console.info(
    `killed ${KILLS} times; ${load.created.size} orders answered for, ${orders.size} stored, ${changed} confirmed, ${load.unanswered} requests without an answer, ${load.wrong.length} with 500`,
  );
});

/** The order system on functions: its URL, and the name of the API's function. */
async function deployAt(endpointUrl: string): Promise<{ place: Place; url: string; api: string }> {
  const aws = await createAws(await resolveSettings({ endpointUrl, region: 'us-east-1' }, {}, '/'));
  closing.push(() => aws.close());
  const place = { aws, identity: await identify(aws), topology: ordersTopology('kill') };
  const topicArn = await fanOutAt(place);
  await makeOrdersTable(place, TABLE);
  const api = await createOrdersApi(place, { table: TABLE, topicArn, form: 'folder' });
  await createSubscribers(place, { table: TABLE, form: 'zip' });
  const { account, region } = place.identity;
  const lambda = await aws.lambda();
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: api,
      StatementId: 'api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    }),
  );
  const arn = `arn:aws:lambda:${region}:${account}:function:${api}`;
  return { place, api, url: await makeHttpApi(endpointUrl, arn) };
}

/** Puts an HTTP API before a function. @returns its URL */
async function makeHttpApi(endpoint: string, IntegrationUri: string): Promise<string> {
  const credentials = { accessKeyId: 'pubsub', secretAccessKey: 'pubsub' };
  const client = new CloudFormationClient({ endpoint, region: 'us-east-1', credentials });
  closing.push(() => client.destroy());
  const StackName = 'api';
  const TemplateBody = JSON.stringify(httpApiBefore(IntegrationUri));
  await client.send(new CreateStackCommand({ StackName, TemplateBody }));
  return vi.waitFor(async () => {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    expect(Stacks[0]?.StackStatus).toBe('CREATE_COMPLETE');
    return Stacks[0]?.Outputs?.[0]?.OutputValue ?? '';
  }, PATIENCE);
}

/** What the table says: orders by id, how many have events that wait, and what each subscriber handled. */
async function readTable(place: Place) {
  const items = await allItems(place, TABLE);
  const ofOrders = items.filter(({ pk }) => pk === 'order');
  return {
    orders: new Map(ofOrders.map((item) => [Number(item.id), item])),
    waiting: ofOrders.filter(({ outbox }) => outbox !== undefined).length,
    handledBy: (subscriber: string): Set<string> => {
      const prefix = `handled#${subscriber}#`;
      const done = items.filter(
        ({ pk, lease_until }) => String(pk).startsWith(prefix) && lease_until === undefined,
      );
      return new Set(done.map(({ pk }) => String(pk).slice(prefix.length)));
    },
  };
}
