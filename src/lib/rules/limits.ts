/**
 * AWS's documented limits, each once. Help texts, validation and the engine read them from here.
 *
 * Sources: "Amazon SQS message quotas", "Amazon SQS standard/FIFO queue quotas" (SQS Developer Guide),
 * "Amazon SNS endpoints and quotas" (AWS General Reference), API references of both services.
 */

/** Entries in one `PublishBatch`, `SendMessageBatch`, `DeleteMessageBatch` or `ChangeMessageVisibilityBatch`. */
export const MAX_BATCH_ENTRIES = 10;
/** Messages that one `ReceiveMessage` may return. */
export const MAX_RECEIVE_MESSAGES = 10;
/** Longest long poll, in seconds (`WaitTimeSeconds`). */
export const MAX_WAIT_SECONDS = 20;
/** SNS `Publish`: body and attributes together, in bytes, unless the topic's `MaximumMessageSize` is raised. */
export const SNS_MAX_MESSAGE_BYTES = 262_144;
/** SQS `SendMessage`: body and attributes together, in bytes. */
export const SQS_MAX_MESSAGE_BYTES = 1_048_576;
/** Message attributes of one SQS message; also what raw delivery can carry. */
export const MAX_MESSAGE_ATTRIBUTES = 10;
/** Longest visibility timeout, in seconds (12 h). */
export const MAX_VISIBILITY_SECONDS = 43_200;
/** Longest delay of a message or queue, in seconds. */
export const MAX_DELAY_SECONDS = 900;
/** Bounds of `MessageRetentionPeriod`, in seconds. */
export const MIN_RETENTION_SECONDS = 60;
export const MAX_RETENTION_SECONDS = 1_209_600;
/** Bounds of `maxReceiveCount` in a redrive policy. */
export const MIN_MAX_RECEIVE_COUNT = 1;
export const MAX_MAX_RECEIVE_COUNT = 1000;
/** Longest queue name, in characters, `.fifo` included. */
export const MAX_QUEUE_NAME_LENGTH = 80;
/** Longest topic name, in characters, `.fifo` included. */
export const MAX_TOPIC_NAME_LENGTH = 256;
/** Messages in flight on one standard queue. */
export const MAX_IN_FLIGHT_STANDARD = 120_000;
/** Messages in flight on one FIFO queue. */
export const MAX_IN_FLIGHT_FIFO = 120_000;
/** FIFO deduplication window, in seconds. */
export const DEDUPLICATION_WINDOW_SECONDS = 300;
/** A queue name can't be used again this long after `DeleteQueue`, in seconds. */
export const QUEUE_DELETED_RECENTLY_SECONDS = 60;
/** Seconds between two `PurgeQueue` calls on one queue. */
export const PURGE_INTERVAL_SECONDS = 60;
/** Highest rate of a message move task, in messages a second (`StartMessageMoveTask`). */
export const MAX_MOVE_RATE = 500;
/** Characters of a managed policy, white space not counted ("IAM and AWS STS quotas", IAM User Guide). */
export const MAX_MANAGED_POLICY_CHARACTERS = 6_144;
/** "Role policy size can't exceed 10,240 characters" of all that stand in a role itself (IAM quotas), without white space. */
export const MAX_ROLE_POLICY_CHARACTERS = 10_240;
