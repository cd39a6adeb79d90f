export function defects(path: string, name: string): string[];
export function bytesOfPe(bytes: Buffer): number;
