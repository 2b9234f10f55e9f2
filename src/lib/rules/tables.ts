/**
 * What Amazon DynamoDB takes of tables ("Quotas in Amazon DynamoDB", "Naming rules", DynamoDB Developer Guide).
 */

/** A table's or index's name. */
export const TABLE_NAME = /^[A-Za-z0-9_.-]+$/;
export const MIN_TABLE_NAME_LENGTH = 3;
export const MAX_TABLE_NAME_LENGTH = 255;
/** Longest name of a key attribute. */
export const MAX_KEY_ATTRIBUTE_LENGTH = 255;
/** Global secondary indexes of one table. */
export const MAX_GLOBAL_INDEXES = 20;
