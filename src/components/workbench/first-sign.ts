// Waits for the first sign of a person. The editor and the terminal are large; somebody who only reads never loads them,
// and somebody who works has them before the pointer or the focus arrives there.

const signs = ['pointermove', 'pointerdown', 'keydown', 'touchstart', 'wheel', 'scroll', 'focusin'] as const

let seen: Promise<void> | undefined

export function firstSignOfAPerson(): Promise<void> {
  seen ??= new Promise((resolve) => {
    const found = (): void => {
      for (const sign of signs) removeEventListener(sign, found)
      resolve()
    }
    for (const sign of signs) addEventListener(sign, found, { passive: true })
  })
  return seen
}
