import type { Work } from '../work.ts';
import { resourceOf, type StrayMapping } from './strays.ts';
import { until } from './until.ts';

/** Removes a mapping that the plan says so of, and waits until it takes nothing any more. */
export async function removeStray(
  { aws, steps, wanted }: Work,
  stray: StrayMapping,
): Promise<void> {
  const resource = resourceOf(stray);
  if (wanted(resource)?.action !== 'delete') return;
  const { deleteMapping, listMappings } = await import('../../aws/mappings.ts');
  const { uuid, queueArn } = stray;
  await steps.run(resource, async () => {
    await deleteMapping(aws, uuid);
    await until(`the removal of the mapping ${resource.name}`, async () =>
      (await listMappings(aws, { queueArn })).every((each) => each.uuid !== uuid),
    );
  });
}
