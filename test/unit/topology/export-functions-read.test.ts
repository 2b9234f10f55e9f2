import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'lossless-json';
import { afterAll, describe, expect, it } from 'vitest';
import { cloudFormationTemplate } from '../../../src/lib/topology/export/cloudformation.ts';
import { mermaidDiagram } from '../../../src/lib/topology/export/diagram.ts';
import { parseMermaid } from '../../fixtures/mermaid.ts';
import { shopIn } from './shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HAS_LINT = spawnSync('cfn-lint', ['--version']).status === 0;

describe('functions and tables in another form', () => {
  it('are read by Mermaid', async () => {
    expect(await parseMermaid(mermaidDiagram(shopIn(folder)))).toBe('flowchart-v2');
  });

  it.skipIf(!HAS_LINT)('are a template that passes cfn-lint', () => {
    const path = join(folder, 'functions.json');
    writeFileSync(path, stringify(cloudFormationTemplate(shopIn(folder))) ?? '');
    // It exits with another code than 0, which throws, where it finds something.
    execFileSync('cfn-lint', [path], { encoding: 'utf8' });
  });
});
