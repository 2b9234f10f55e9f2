import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dotparser from 'dotparser';
import { stringify } from 'lossless-json';
import { afterAll, describe, expect, it } from 'vitest';
import { definitionOf, readTopologyFile } from '../../../src/lib/config/topology-file.ts';
import { buildTopology } from '../../../src/lib/definition/build.ts';
import { cloudFormationTemplate } from '../../../src/lib/topology/export/cloudformation.ts';
import { dotDiagram, mermaidDiagram } from '../../../src/lib/topology/export/diagram.ts';
import { functionStatements } from '../../../src/lib/topology/iam/function-role.ts';
import { parseMermaid } from '../../fixtures/mermaid.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HAS_LINT = spawnSync('cfn-lint', ['--version']).status === 0;

const SHOP = `topology: shop
topics: { t: {} }
tables: { Orders: { key: { hash: id, range: at:N }, ttl: x, indexes: { byUser: userId } }, 9-log: { key: id:B } }
functions:
  end: { runtime: nodejs24.x, code: a, tables: { Orders: readwrite, 9-log: write }, environment: { TABLE: Orders }, reservedConcurrency: 5, tags: { team: shop } }
  a_b: { runtime: python3.13, code: b.zip, role: "arn:aws:iam::111122223333:role/own" }
subscribers:
  s: { visibilityTimeout: 1m, handler: { function: end, batchSize: 100, window: 5s, partialFailures: true, maximumConcurrency: 2 } }
  r: { handler: { function: a_b } }
`;

function shop() {
  const path = join(folder, 'pubsub.yaml');
  writeFileSync(path, SHOP);
  return buildTopology(definitionOf(readTopologyFile(path)), { prefix: 'dev', folder });
}

describe('functions and tables in another form', () => {
  it('stand in diagrams, with who takes from what and what it uses', async () => {
    expect(await parseMermaid(mermaidDiagram(shop()))).toBe('flowchart-v2');
    const [graph] = dotparser(dotDiagram(shop()));
    const edges = graph?.children.filter(({ type }) => type === 'edge_stmt') ?? [];
    // Two subscriptions, two redrives, two mappings, two uses of tables.
    expect(edges).toHaveLength(8);
  });

  it('stand in the template, each function with a role unless it brings one', () => {
    const template = cloudFormationTemplate(shop()) as {
      readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
    };
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    const count = (type: string): number => types.filter((each) => each === type).length;
    expect(count('AWS::DynamoDB::Table')).toBe(2);
    expect(count('AWS::Lambda::Function')).toBe(2);
    expect(count('AWS::Lambda::EventSourceMapping')).toBe(2);
    expect(count('AWS::IAM::Role')).toBe(1);
    if (!HAS_LINT) return;
    const path = join(folder, 'functions.json');
    writeFileSync(path, stringify(template) ?? '');
    // It exits with another code than 0, which throws, where it finds something.
    execFileSync('cfn-lint', [path], { encoding: 'utf8' });
  });

  it('give a role what its function does, and no more', () => {
    const topology = shop();
    const [end] = topology.functions;
    const named = (name: string): string => name;
    const statements = end
      ? functionStatements(topology, end, {
          queue: named,
          table: named,
          index: (name) => `${name}/index/*`,
          logs: named,
        })
      : [];
    const about = (resource: string) =>
      statements.find(({ Resource }) => Resource.includes(resource))?.Action ?? [];
    expect(about('dev-shop-s-queue')).toEqual([
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
    expect(about('dev-Orders')).toContain('dynamodb:PutItem');
    expect(about('dev-Orders/index/*')).toContain('dynamodb:Query');
    expect(about('dev-9-log')).toContain('dynamodb:PutItem');
    expect(about('dev-9-log')).not.toContain('dynamodb:GetItem');
    expect(about('dev-shop-r-queue')).toEqual([]);
  });
});
