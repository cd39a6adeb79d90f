/** A bundler moves the code of the library and the user's into one file: no frame can be told apart. */
export const callSite = (): string => "";
