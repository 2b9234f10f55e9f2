import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionOf, readTopologyFile } from '../../../src/lib/config/topology-file.ts';
import { buildTopology } from '../../../src/lib/definition/build.ts';
import type { Topology } from '../../../src/lib/definition/topology.ts';

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

/** A topology with functions and tables of every form. @param folder where its file is written */
export function shopIn(folder: string): Topology {
  const path = join(folder, 'pubsub.yaml');
  writeFileSync(path, SHOP);
  return buildTopology(definitionOf(readTopologyFile(path)), { prefix: 'dev', folder });
}
