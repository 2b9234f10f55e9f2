import type { Command } from 'commander';
import type { Topology } from '../../lib/definition/topology.ts';
import type { DemoEvent } from '../../lib/demo/demo-event.ts';
import type { CommandContext } from '../command.ts';
import type { Connection } from '../connect.ts';
import { openInBrowser } from '../ui/browser.ts';
import { serve } from '../ui/serve.ts';

/** The page beside a demo. */
export interface DemoPage {
  /** Shows on the page where the demo is. */
  tell(event: DemoEvent): void;
  /** Shows that the demo waits for a key. @param forWhat in words; the next step unless given */
  waits(forWhat?: string): void;
  close(): Promise<void>;
}

/** Serves the page of a demo's topology, says where, and opens it where somebody looks on. */
export async function openDemoPage(
  command: Command,
  context: CommandContext,
  connection: Connection,
  topology: Topology,
): Promise<DemoPage> {
  const { printer } = context;
  const page = await serve(command, context, connection, {
    port: 0,
    // It shows the whole account, and the demo was agreed to, not that.
    allowWrites: false,
    topology: () => Promise.resolve(topology),
  });
  printer.note(`Page: ${page.url}`);
  if (printer.interactive) await openInBrowser(page.url, context);
  let current = { step: 0, steps: 0, title: '' };
  return {
    tell(event) {
      if (event.kind === 'step') {
        current = { step: event.number, steps: event.of, title: event.title };
        page.live.tellDemo({ ...current, state: 'running' });
      } else if (event.kind === 'stepDone') {
        page.live.tellDemo({ ...current, state: event.ok ? 'done' : 'failed' });
        // What the step changed is shown now, not at the next look.
        page.live.forgetGraph();
      }
    },
    waits: (title = current.title) => page.live.tellDemo({ ...current, title, state: 'waiting' }),
    close: () => page.stop(),
  };
}
