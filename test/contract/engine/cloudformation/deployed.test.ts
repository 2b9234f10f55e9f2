import type { Stack } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  readTemplateFile,
  type StackEngine,
  stackEngine,
} from '../../../fixtures/cloudformation.ts';
import {
  clientsOf,
  everything,
  type Outputs,
  parametersFor,
  TEMPLATE_CASES,
} from '../../../fixtures/template-cases.ts';

const PREFIX = 'shop';
let engine: StackEngine;
beforeAll(async () => {
  engine = await stackEngine();
});
// A case that fails leaves nothing to the next.
afterEach(() => engine.running.engine.reset());
afterAll(() => engine.stop());

function outputsOf({ Outputs = [] }: Stack): Outputs {
  return Object.fromEntries(
    Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

/** What the calls to create and to update have in common. */
function asked(text: string, capabilities: readonly string[], more?: Record<string, string>) {
  const parameters = Object.entries(parametersFor(text, PREFIX, more));
  return {
    Capabilities: [...capabilities] as 'CAPABILITY_IAM'[],
    Parameters: parameters.map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
  };
}

const importing = 'importing-queue.yaml';
it.each(TEMPLATE_CASES)('$file is deployed, used, changed and removed', async (each) => {
  const { file, capabilities = [], use, change, changed } = each;
  const clients = clientsOf(engine.endpoint);
  if (file === importing) {
    const exporting = readTemplateFile('exporting-topic.yaml');
    await engine.create('exporter', exporting, asked(exporting, []));
  }
  const before = await everything(clients);
  const text = readTemplateFile(file);
  const made = await engine.create(PREFIX, text, asked(text, capabilities));
  const events = await engine.events(PREFIX);
  expect(made.StackStatus, events.join('\n')).toBe('CREATE_COMPLETE');
  await use(clients, outputsOf(made), PREFIX);
  const updated = await engine.update(PREFIX, text, asked(text, capabilities, { ...change }));
  expect(updated.StackStatus, (await engine.events(PREFIX)).join('\n')).toBe('UPDATE_COMPLETE');
  await changed(clients, outputsOf(updated), PREFIX);
  const removed = await engine.remove(PREFIX);
  expect(removed.StackStatus).toBe('DELETE_COMPLETE');
  expect(await everything(clients)).toEqual(before);
});
