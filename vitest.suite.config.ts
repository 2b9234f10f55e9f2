import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PROOFS, shared } from './vitest.config.ts';

// What waits most of its time, for processes and real seconds; the longest first.
const WAITING = [
  /cli.topology.setup/,
  /contract.consume.consumer-/,
  /cli.diagnose.doctor/,
  /contract.orders.relay/,
  /cli.(tap|demo)/,
  /contract.engine.lambda/,
  /cli.consume/,
  /cli.orders.serve/,
  /unit.consume/,
  /contract.engine.engine-(clock|observe)/,
  /contract.platform/,
  /dead-letters/,
];
// What keeps a core busy for long: at the end it would keep one busy and no other.
const BUSY = [
  /cli.(iam|root)/,
  /contract.orders/,
  /unit.(deploy|import-rules|no-order-event|rules.filter-policy|engine.sqs-queue-model)/,
  /contract.(dashboard|diagnose|topology|library)/,
  /contract.engine.all-actions/,
  /test.cli/,
  /test.contract/,
];

/** Lets each worker that waits have one beside it that doesn't, and begins with what takes long. */
class WaitingBesideBusy extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const placeIn = (list: readonly RegExp[], { moduleId }: TestSpecification): number => {
      const found = list.findIndex((part) => part.test(moduleId));
      return found === -1 ? list.length : found;
    };
    const inOrder = (list: readonly RegExp[], chosen: TestSpecification[]): TestSpecification[] =>
      chosen.sort((a, b) => placeIn(list, a) - placeIn(list, b));
    const waits = (file: TestSpecification): boolean => placeIn(WAITING, file) < WAITING.length;
    const waiting = inOrder(WAITING, sorted.filter(waits));
    const busy = inOrder(
      BUSY,
      sorted.filter((file) => !waits(file)),
    );
    // Where a run has more of the one kind, the rest of them comes behind.
    const pairs = Array.from({ length: Math.max(waiting.length, busy.length) }, (_, index) => [
      ...waiting.slice(index, index + 1),
      ...busy.slice(index, index + 1),
    ]);
    return pairs.flat();
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
    sequence: { sequencer: WaitingBesideBusy },
    // Most tests wait for processes and sockets: more workers than cores keep the cores busy.
    maxWorkers: Math.min(availableParallelism() + 4, 8),
  },
});
