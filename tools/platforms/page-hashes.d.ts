export function signatureDefect(bytes: Buffer): string | undefined;
