import { changeLogGroupTags, createLogGroup, setLogRetention } from '../../aws/function-logs.ts';
import {
  changeFunctionTags,
  createFunction,
  getFunction,
  reserveConcurrency,
  updateFunctionCode,
  updateFunctionSettings,
} from '../../aws/functions.ts';
import { createMapping, listMappings, updateMapping } from '../../aws/mappings.ts';
import { resourceTags } from '../../definition/resource-tags.ts';
import type { FunctionSpec } from '../../definition/topology.ts';
import { AppError } from '../../rules/errors.ts';
import { logGroupOf } from '../../rules/functions.ts';
import type { Resource } from '../change.ts';
import { tagChange } from '../tag-settings.ts';
import { convergeTable } from './converge-table.ts';
import { functionNameOf } from './find-mapping.ts';
import { settingDifferences } from './plan.ts';
import {
  type FunctionSubscriber,
  functionSettings,
  functionSubscribers,
  LOG_RETENTION_DAYS,
  mappingName,
  mappingSettings,
} from './settings.ts';
import { until } from './until.ts';
import type { FunctionWork } from './work.ts';

/**
 * Makes the changes of tables and functions: each function after the tables that it uses and its log group, each mapping
 * after its function and its queue, so that nothing is invoked before it can do its work.
 * @param queueArns of the subscribers' queues by name, as they come about.
 */
export function convergeFunctions(
  work: FunctionWork,
  queueArns: ReadonlyMap<string, Promise<string>>,
): Promise<unknown>[] {
  const { topology } = work;
  const tables = new Map(topology.tables.map((spec) => [spec.key, convergeTable(work, spec)]));
  const functions = new Map(
    topology.functions.map((spec) => {
      const needed = Object.keys(spec.tables).map((key) => tables.get(key));
      return [spec.key, convergeFunction(work, spec, Promise.all(needed))];
    }),
  );
  const mappings = functionSubscribers(topology).map(async ({ subscriber, target }) => {
    const [queueArn = ''] = await Promise.all([
      queueArns.get(subscriber.queue),
      functions.get(target.key),
    ]);
    await convergeMapping(work, subscriber, target, queueArn);
  });
  return [...tables.values(), ...functions.values(), ...mappings];
}

async function convergeFunction(
  work: FunctionWork,
  spec: FunctionSpec,
  tables: Promise<unknown>,
): Promise<void> {
  await Promise.all([tables, convergeLogGroup(work, spec)]);
  const resource: Resource = { type: 'function', name: spec.name };
  const change = work.wanted(resource);
  if (change === undefined) return;
  await work.steps.run(resource, async () => {
    if (change.action === 'create') await makeFunction(work, spec);
    else await changeFunction(work, spec);
    await functionReady(work, spec.name);
  });
}

async function makeFunction(
  { aws, topology, identity, functions }: FunctionWork,
  spec: FunctionSpec,
): Promise<void> {
  const { name, reservedConcurrency } = spec;
  await createFunction(aws, name, {
    settings: functionSettings(topology, spec, identity),
    zip: functions.packages.get(spec.key)?.zip ?? Buffer.alloc(0),
    tags: resourceTags(topology, { tags: spec.tags }),
  });
  if (reservedConcurrency !== undefined) await reserveConcurrency(aws, name, reservedConcurrency);
}

/** One call for each part that differs; Lambda takes no change while another one is under way. */
async function changeFunction(work: FunctionWork, spec: FunctionSpec): Promise<void> {
  const { aws, topology, identity, functions } = work;
  const { name } = spec;
  const found = functions.functions.get(name);
  const code = functions.packages.get(spec.key);
  if (found === undefined) return;
  if (code && code.sha256 !== found.codeSha256) {
    await updateFunctionCode(aws, name, code.zip);
    await functionReady(work, name);
  }
  if (settingDifferences(topology, spec, found).length > 0) {
    const settings = functionSettings(topology, spec, identity);
    await updateFunctionSettings(aws, name, { ...settings, role: spec.role });
  }
  if (found.reservedConcurrency !== spec.reservedConcurrency) {
    await reserveConcurrency(aws, name, spec.reservedConcurrency);
  }
  await changeFunctionTags(aws, found.arn, tagChange(topology, { tags: spec.tags }, found.tags));
}

/** @throws AppError `FunctionFailed` with Lambda's reason. */
async function functionReady({ aws }: FunctionWork, name: string): Promise<void> {
  await until(`function "${name}"`, async () => {
    const found = await getFunction(aws, name);
    if (found?.trouble === undefined) return found?.isReady ?? false;
    throw new AppError({
      code: 'FunctionFailed',
      message: `The function "${name}" can't be used: ${found.trouble}`,
    });
  });
}

async function convergeLogGroup(
  { aws, topology, steps, wanted, functions }: FunctionWork,
  { name, tags }: FunctionSpec,
): Promise<void> {
  const group = logGroupOf(name);
  const resource: Resource = { type: 'logs', name: group };
  const change = wanted(resource);
  if (change === undefined) return;
  await steps.run(resource, async () => {
    const found = functions.logGroups.get(name);
    if (found === undefined) await createLogGroup(aws, group, resourceTags(topology, { tags }));
    else await changeLogGroupTags(aws, found.arn, tagChange(topology, { tags }, found.tags));
    if (found?.retentionDays !== LOG_RETENTION_DAYS) {
      await setLogRetention(aws, group, LOG_RETENTION_DAYS);
    }
  });
}

async function convergeMapping(
  { aws, steps, wanted }: FunctionWork,
  { queue, handler }: FunctionSubscriber,
  { name: functionName }: FunctionSpec,
  queueArn: string,
): Promise<void> {
  const resource: Resource = { type: 'mapping', name: mappingName(queue, functionName) };
  const change = wanted(resource);
  if (change === undefined) return;
  const find = async () =>
    (await listMappings(aws, { queueArn })).find(
      ({ functionArn }) => functionNameOf(functionArn) === functionName,
    );
  await steps.run(resource, async () => {
    // One that is on its way out keeps another from being made.
    await until(`the mapping ${resource.name}`, async () => (await find())?.state !== 'Deleting');
    const found = await find();
    const settings = mappingSettings(handler);
    if (found === undefined) await createMapping(aws, { queueArn, functionName }, settings);
    else await updateMapping(aws, found.uuid, settings);
    await until(`the mapping ${resource.name}`, async () => (await find())?.state === 'Enabled');
  });
}
