export declare function train(): object;
