import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PROOFS, shared } from './vitest.config.ts';

// What takes long, because it waits for processes and real seconds, comes first: at the end it would keep one core busy
// and no other. In this order they took longest.
const PATIENT = [
  /cli.topology.setup/,
  /cli.orders.serve/,
  /contract.orders.relay/,
  /contract.engine.lambda/,
  /contract.platform/,
  /cli.diagnose/,
  /cli.demo/,
  /contract.dashboard.api/,
  /cli.consume/,
  /contract.engine.all-actions/,
  /contract.consume.consumer-(seeded-faults|visibility|fifo|requests)/,
  /cli.root/,
  /contract.orders/,
  /cli.tap/,
  /cli.publish/,
  /cli.engine/,
  /test.cli/,
  /test.contract/,
  /unit.(diagnose.port-owner|engine.xml|rules.filter-policy|import-rules|consume)/,
];

class PatientFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = PATIENT.findIndex((part) => part.test(moduleId));
      return found === -1 ? PATIENT.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Unit, contract and command-line tests as one: workers go from kind to kind and load the SDK and the engine once. */
export default defineConfig({
  test: {
    ...shared,
    include: ['test/{unit,contract,cli}/**/*.test.ts'],
    exclude: PROOFS,
    globalSetup: [
      'test/temporary-folder.ts',
      'test/loader/setup.mjs',
      'test/build.ts',
      'test/postgres.ts',
    ],
    sequence: { sequencer: PatientFirst },
    // Most tests wait for processes and sockets: more workers than cores keep the cores busy.
    maxWorkers: Math.min(availableParallelism() + 4, 8),
  },
});
