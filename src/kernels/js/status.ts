/** What every kernel returns when all is well; a bad label or index returns its position, 0 or more. */
export const OK = -1;
