import {
  changeIndex,
  changeTableTags,
  createTable,
  type FoundTable,
  getTable,
  setTimeToLive,
} from '../../aws/tables.ts';
import { resourceTags } from '../../definition/resource-tags.ts';
import type { TableSpec } from '../../definition/topology.ts';
import { AppError } from '../../rules/errors.ts';
import type { Resource } from '../change.ts';
import { tagChange } from '../tag-settings.ts';
import { indexDifferences, keyWords } from './plan.ts';
import { until } from './until.ts';
import type { FunctionWork } from './work.ts';

/**
 * Brings a table to what it should be.
 * @throws AppError `TableKeyDiffers` where it has another key: that can't be changed.
 */
export async function convergeTable(work: FunctionWork, spec: TableSpec): Promise<void> {
  const { aws, topology, steps, wanted, functions } = work;
  const { name, itemKey, indexes, ttl, tags } = spec;
  const resource: Resource = { type: 'table', name };
  const change = wanted(resource);
  if (change === undefined) return;
  await steps.run(resource, async () => {
    const found = functions.tables.get(name);
    if (change.action === 'create' || found === undefined) {
      // One that is on its way out keeps another from being made.
      await until(`table "${name}"`, async () => (await getTable(aws, name)) === undefined);
      await createTable(aws, { name, itemKey, indexes, tags: resourceTags(topology, { tags }) });
      await tableReady(work, name);
      if (ttl !== undefined) await setTimeToLive(aws, name, { attribute: ttl, enabled: true });
      return;
    }
    assertSameKey(spec, found);
    await changeIndexes(work, spec, found);
    await changeTtl(work, spec, found);
    await changeTableTags(aws, found.arn, tagChange(topology, { tags }, found.tags));
  });
}

function assertSameKey({ key, name, itemKey }: TableSpec, found: FoundTable): void {
  const [wanted, there] = [keyWords(itemKey), keyWords(found.itemKey)];
  if (wanted === there) return;
  throw new AppError({
    code: 'TableKeyDiffers',
    message: `Table "${name}" has the key ${there}, and the topology says ${wanted}. DynamoDB can't change that.`,
    hint: `Give the table another name: tables: { ${key}: { name: ${name}-2 } }, or delete it first.`,
  });
}

/** One at a time: DynamoDB takes no second change of indexes while one is under way. */
async function changeIndexes(
  work: FunctionWork,
  spec: TableSpec,
  found: FoundTable,
): Promise<void> {
  for (const { setting, from, to } of indexDifferences(spec, found)) {
    const index = setting.slice('index '.length);
    if (from !== undefined) {
      await changeIndex(work.aws, spec, index, undefined);
      await tableReady(work, spec.name, index);
    }
    if (to !== undefined) {
      await changeIndex(work.aws, spec, index, spec.indexes[index]);
      await tableReady(work, spec.name);
    }
  }
}

async function changeTtl(
  { aws }: FunctionWork,
  { name, ttl }: TableSpec,
  found: FoundTable,
): Promise<void> {
  if (found.ttl === ttl) return;
  if (found.ttl !== undefined) {
    await setTimeToLive(aws, name, { attribute: found.ttl, enabled: false });
  }
  if (ttl !== undefined) await setTimeToLive(aws, name, { attribute: ttl, enabled: true });
}

/** @param without an index that has to be gone. */
async function tableReady({ aws }: FunctionWork, name: string, without?: string): Promise<void> {
  await until(`table "${name}"`, async () => {
    const found = await getTable(aws, name);
    const isGone = without === undefined || !Object.hasOwn(found?.indexes ?? {}, without);
    const indexes = Object.values(found?.indexes ?? {});
    return found?.status === 'ACTIVE' && isGone && indexes.every(({ isActive }) => isActive);
  });
}
