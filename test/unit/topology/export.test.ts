import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import dotparser from 'dotparser';
import { stringify } from 'lossless-json';
import { afterAll, describe, expect, it } from 'vitest';
import { definitionOf, readTopologyFile } from '../../../src/lib/config/topology-file.ts';
import { buildTopology } from '../../../src/lib/definition/build.ts';
import type { Topology } from '../../../src/lib/definition/topology.ts';
import { asyncApiDocument } from '../../../src/lib/topology/export/asyncapi.ts';
import { cloudFormationTemplate } from '../../../src/lib/topology/export/cloudformation.ts';
import { dotDiagram, mermaidDiagram } from '../../../src/lib/topology/export/diagram.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function topology(text: string, prefix = ''): Topology {
  const path = join(folder, 'pubsub.yaml');
  writeFileSync(path, text);
  return buildTopology(definitionOf(readTopologyFile(path)), { prefix, folder });
}

const PAYMENTS = `
topology: payments
topics:
  payments: {}
  ledger-events: { name: acme-ledger-events, fifo: true, displayName: Ledger, tags: { team: money } }
  user-events: { arn: "arn:aws:sns:us-east-1:111122223333:user-events" }
subscribers:
  ledger: { from: payments, filterPolicy: { event_type: [payment.captured] } }
  fraud:
    from:
      payments: { filterPolicy: { amount: [{ numeric: [">=", 1000] }], account: [1234567890123456789] }, filterPolicyScope: MessageBody }
      user-events: {}
    queue: acme-fraud
    rawDelivery: true
    dlq: { queue: acme-fraud-dead, maxReceiveCount: 5 }
    kmsKey: alias/acme
  books: { from: ledger-events, dlq: false }
events:
  payment.captured: { topic: payments, version: 2, schema: { type: object, properties: { amount: { type: number } } } }
`;
const ODD = `
topology: odd
topics: { t: {} }
subscribers:
  a: { from: t, filterPolicy: { 'say "hi" | <b>': ['back\\slash', '"quoted"'] } }
  a-b: { from: t }
  a_b: { from: t }
`;

const HAS_LINT = spawnSync('cfn-lint', ['--version']).status === 0;

describe('a topology in another form', () => {
  it.each([
    ['payments', PAYMENTS],
    ['names and filters with odd characters', ODD],
  ])('is DOT that a parser of it reads: %s', (_name, text) => {
    const [graph] = dotparser(dotDiagram(topology(text)));
    const edges = graph?.children.filter(({ type }) => type === 'edge_stmt') ?? [];
    const { subscribers } = topology(text);
    const wanted = subscribers.reduce(
      (sum, each) => sum + each.subscriptions.length + (each.dlq ? 1 : 0),
      0,
    );
    expect(edges).toHaveLength(wanted);
  });

  it.each([
    ['payments', PAYMENTS],
    ['no events', ODD],
  ])('is AsyncAPI that its parser finds no fault with: %s', async (_name, text) => {
    const document = asyncApiDocument(topology(text));
    const { diagnostics } = await new Parser().parse(JSON.stringify(document));
    // 0 is an error, 1 a warning.
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
  });

  it('names each node of a diagram once, whatever characters names have', () => {
    const lines = mermaidDiagram(topology(ODD)).split('\n');
    const nodes = lines.flatMap((line) => /^ {2}(\w+)[[(]/.exec(line)?.[1] ?? []);
    expect(new Set(nodes).size).toBe(nodes.length);
    expect(nodes).toHaveLength(7);
    // Quotes end a label, a bar ends an edge's text.
    for (const line of lines) expect((line.match(/"/g) ?? []).length % 2, line).toBe(0);
    expect(
      lines.filter((line) => line.includes('|')).every((line) => line.split('|').length === 3),
    ).toBe(true);
  });

  it.skipIf(!HAS_LINT).each([
    ['payments', PAYMENTS, ''],
    ['payments with a prefix', PAYMENTS, 'dev'],
    ['odd names', ODD, ''],
  ])('is a template that passes cfn-lint: %s', (_name, text, prefix) => {
    const template = stringify(cloudFormationTemplate(topology(text, prefix))) ?? '';
    expect(template).toContain(text === PAYMENTS ? '1234567890123456789' : 'quoted');
    const path = join(folder, 'template.json');
    writeFileSync(path, template);
    // It exits with another code than 0, which throws, where it finds something.
    expect(execFileSync('cfn-lint', [path], { encoding: 'utf8' })).toBe('');
  });
});
