/**
 * The status that a kernel returns on success. For a bad label or index it returns the position, 0 or more.
 */
export const OK = -1;
