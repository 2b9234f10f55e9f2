/** Where an embedded database lies in its folder, and how what is being made there begins. */
export const DATA = 'data';
export const DRAFT = 'draft.';
