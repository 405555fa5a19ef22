/** The option of the command line that sets a field of a job: `targetNoise` is `--target-noise`. */
export function optionName(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
