import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { topologyOf } from '../../../src/lib/config/topology.ts';
import { STYLES } from '../../../src/lib/definition/styles.ts';
import { artifactsOf } from '../../../src/lib/deploy/artifacts/artifacts.ts';
import { deploymentOf } from '../../../src/lib/deploy/template.ts';
import { templateYaml } from '../../../src/lib/deploy/yaml.ts';
import { shopIn } from '../topology/shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-deploy-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const HAS_LINT = spawnSync('cfn-lint', ['--version']).status === 0;

it.skipIf(!HAS_LINT)('has nothing to say of any template that is printed', async () => {
  const shipped = ['orders', 'weather', 'order-notifications'].map(async (topology) =>
    topologyOf(await resolveSettings({ topology, prefix: 'dev' }, {}, folder)),
  );
  const topologies = [...(await Promise.all(shipped)), shopIn(folder)];
  const cases = STYLES.flatMap((style) =>
    (style === 'serverless'
      ? (['dynamodb', 'postgres'] as const)
      : (['postgres', 'rds'] as const)
    ).map((database) => ({ style, database })),
  );
  const paths = topologies.flatMap((topology) =>
    cases.flatMap(({ style, database }) => {
      const deployment = deploymentOf(topology, style, undefined, database);
      const artifacts = artifactsOf(deployment);
      return [deployment, ...(artifacts ? [artifacts] : [])].map(({ name, template }) => {
        const path = join(folder, `${name}-${database}.yaml`);
        writeFileSync(path, templateYaml({ ...template }));
        return path;
      });
    }),
  );
  expect(execFileSync('cfn-lint', paths, { encoding: 'utf8' })).toBe('');
});
