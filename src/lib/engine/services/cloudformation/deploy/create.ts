import type { Compiled } from '../template/compile.ts';
import { goForward } from './forward.ts';
import { checkExports, importsOf, outputsOf } from './outputs.ts';
import { reasonOf } from './reason.ts';
import { endDeleted, removeAll } from './remove.ts';
import type { StackRun } from './stack-run.ts';
import { valuesOf } from './values.ts';

/** Makes a stack, or takes back what was made of it. @throws Interrupted */
export async function createStack(run: StackRun, compiled: Compiled): Promise<void> {
  if (run.operation.phase === 'forward') {
    const failure = (await goForward(run, compiled)) ?? complete(run, compiled);
    if (failure === undefined) {
      run.end('CREATE_COMPLETE');
      return;
    }
    if (run.operation.onFailure === 'DO_NOTHING') {
      run.end('CREATE_FAILED', failure.trim());
      return;
    }
    const reason = `${failure}Rollback requested by user.`;
    run.changeOperation({ phase: 'rollback', failure: reason });
    run.status('ROLLBACK_IN_PROGRESS', reason);
  }
  await takeBack(run);
}

async function takeBack(run: StackRun): Promise<void> {
  const failure = await removeAll(run, ({ deletionPolicy }) =>
    deletionPolicy === 'Retain' ? 'Retain' : 'Delete',
  );
  if (failure !== undefined) run.end('ROLLBACK_FAILED', failure);
  else if (run.operation.onFailure === 'DELETE') endDeleted(run);
  else run.end('ROLLBACK_COMPLETE');
}

/** Gives a stack its outputs. @returns why that failed. */
export function complete(run: StackRun, compiled: Compiled): string | undefined {
  try {
    const scope = compiled.scope(valuesOf(run));
    const outputs = outputsOf(compiled, scope);
    checkExports(run.state, run.stack, outputs);
    run.change({ outputs, imports: importsOf(compiled, scope) });
    return undefined;
  } catch (error) {
    return `${reasonOf(error, 'AWS::CloudFormation::Stack')} `;
  }
}
