/** Ends a process at boot: nothing in it does what a catalog demands. */
export class MissingRunner extends Error {
  override readonly name = 'MissingRunner';
}
