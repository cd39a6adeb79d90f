export function defects(path: string, name: string): string[];
