/** One line for each thing that happens, in the present tense, for a person. */
export type Progress = (line: string) => void;
