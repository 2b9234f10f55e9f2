/** A message move task as it is kept. Times are ms since the epoch. */
export interface MoveTaskRecord {
  readonly id: string;
  readonly sourceArn: string;
  readonly destinationArn: string | undefined;
  readonly maxPerSecond: number | undefined;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';
  moved: number;
  toMove: number;
  readonly startedAt: number;
  failureReason: string | undefined;
  /** Messages numbered from here on came after the task began, and stay. */
  readonly below: number;
}

export type MoveTask = MoveTaskRecord;

/** Whether a task keeps others from starting on the same queue. */
export function isActive(task: MoveTask): boolean {
  return task.status === 'RUNNING' || task.status === 'CANCELLING';
}

/** The handle that a client cancels a task by. */
export function taskHandle(task: MoveTask): string {
  const handle = { taskId: task.id, sourceArn: task.sourceArn };
  return Buffer.from(JSON.stringify(handle)).toString('base64');
}

/** Reads a task's handle; undefined for anything else. */
export function readTaskHandle(text: string): { taskId: string; sourceArn: string } | undefined {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(text, 'base64').toString());
    if (typeof taskId === 'string' && typeof sourceArn === 'string') return { taskId, sourceArn };
  } catch {
    // No handle of ours.
  }
  return undefined;
}
