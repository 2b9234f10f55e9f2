import { rmSync } from 'node:fs';

/** Removes a folder of tasks. One that can't be removed stays: what is left over is no reason for the engine to end. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Something still writes there, or another program holds it.
  }
}
