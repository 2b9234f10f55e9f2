/** The engine in the background, as the commands use it. */

export { findEngine } from './background/find.ts';
export { type EngineReport, engineReport } from './background/findings.ts';
export { followEvents } from './background/follow-events.ts';
export { followLog, type LogEntry, logPath, readLog } from './background/log.ts';
export { readRecord } from './background/record.ts';
export { resetState } from './background/reset.ts';
export { resetRunning } from './background/reset-running.ts';
export {
  type BackgroundOptions,
  DEFAULT_PORT,
  ensureRunning,
  type StartedStatus,
  startInBackground,
} from './background/start.ts';
export {
  type BackgroundStatus,
  backgroundStatus,
  type RunningStatus,
} from './background/status.ts';
export { type Stopped, stopBackground } from './background/stop.ts';
export { MAX_WAIT_COUNT, type WaitRequest, waitInQueue } from './background/wait-in-queue.ts';
