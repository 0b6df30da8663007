// Lets the small part of the page ask the large one, once it is loaded, to put the cursor somewhere.

let goTo: ((line: number, column: number) => void) | undefined

export function onReveal(handler: (line: number, column: number) => void): void {
  goTo = handler
}

export function revealLine(line: number, column: number): void {
  goTo?.(line, column)
}
