export function canCheck(): boolean;
