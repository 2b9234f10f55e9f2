import { backoffDelay } from '../aws/backoff.ts';
import { extensionSeconds } from './heartbeat.ts';

/**
 * Seconds until a message that failed is visible again: doubled with each of its receives, at random between half of
 * that and all of it, and never beyond the 12 h from its receive on for which SQS hides a message.
 * @param base seconds after its first receive; 0 for at once. @param receiveCount from 1.
 * @param age seconds since it was received.
 * @returns whole seconds; 0 only where `base` is 0, or the 12 h are over.
 */
export function retryDelaySeconds(base: number, receiveCount: number, age: number): number {
  const delay = backoffDelay({ first: base, most: Number.MAX_SAFE_INTEGER }, receiveCount);
  return extensionSeconds(Math.ceil(delay), age);
}
