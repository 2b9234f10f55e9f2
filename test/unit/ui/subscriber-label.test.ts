import { expect, it } from 'vitest';
import { unlabelled } from '../../../src/lib/ui/subscriber-label.ts';

it.each([
  ['ledger', 'ledger    │ listening on a queue', 'listening on a queue'],
  ['dev-payments-ledger', 'ledger    │ listening', 'listening'],
  ['ledger', 'audit     │ listening', 'audit     │ listening'],
  ['big-ledger', 'edger │ x', 'edger │ x'],
  ['ledger', 'ledger says', 'ledger says'],
])('takes the label of %s off %j', (name, line, rest) => {
  expect(unlabelled(name, line)).toBe(rest);
});
