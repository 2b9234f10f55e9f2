import { spawn } from 'node:child_process';
import type { CommandContext } from '../command.ts';

/** What opens an address in the user's browser, by platform. */
const OPENERS: Partial<Readonly<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  // `start` takes its first argument for the title of a window.
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens an address in the user's browser; says so where that can't be done. Never throws, and waits for no browser. */
export function openInBrowser(
  url: string,
  { io, printer }: Pick<CommandContext, 'io' | 'printer'>,
): Promise<void> {
  const [program = 'xdg-open', ...words] = OPENERS[process.platform] ?? ['xdg-open'];
  return new Promise((resolve) => {
    const failed = (): void => {
      printer.note('Open that address in your browser.');
      resolve();
    };
    try {
      const child = spawn(program, [...words, url], {
        detached: true,
        stdio: 'ignore',
        env: io.env as NodeJS.ProcessEnv,
        windowsHide: true,
      });
      child.once('error', failed);
      child.once('spawn', () => {
        child.unref();
        resolve();
      });
    } catch {
      failed();
    }
  });
}
