// Writes schema/pubsub.schema.json from the fields that pubsub.yaml is read by: editors complete and check the file.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-schema-'));
try {
  const outfile = join(folder, 'schema.mjs');
  await build({
    entryPoints: ['src/lib/config/project-schema.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    // CommonJS packages inside the bundle call require() for Node's own modules.
    banner: {
      js: "import{createRequire as pubsubCreateRequire}from'node:module';const require=pubsubCreateRequire(import.meta.url);",
    },
  });
  const { projectSchema } = await import(pathToFileURL(outfile));
  mkdirSync('schema', { recursive: true });
  writeFileSync('schema/pubsub.schema.json', `${JSON.stringify(projectSchema(), undefined, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
