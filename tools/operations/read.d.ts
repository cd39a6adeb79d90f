import type { Doc, Form } from "./forms.js";

export interface Parameter {
  readonly text: string;
  readonly name: string;
  readonly type: string;
}

export interface Signature {
  readonly typeParameters: string;
  readonly parameters: readonly Parameter[];
  readonly returns: string;
  readonly doc: Doc;
}

export interface Operation {
  /** The name in its file. */
  readonly name: string;
  readonly file: string;
  readonly forms: readonly Form[];
  readonly doc: Doc;
  readonly signatures: readonly Signature[];
}

export const root: string;
export function readOperations(): Promise<Operation[]>;
/** The operations of one file, given its text. */
export function operationsOf(file: string, text: string): Operation[];
