export function canCheck(): boolean;
export function defects(path: string, name: string): string[];
