// The build includes the file as a text.
import text from "../../../data/iris.csv";

export const irisText = (): string => text;
