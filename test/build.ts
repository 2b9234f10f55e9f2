import { execFileSync } from 'node:child_process';

/** Builds dist/ once before any test: the command-line tests run the built binary. */
export default function setup(): void {
  execFileSync(process.execPath, ['build.mjs'], { stdio: 'inherit' });
}
