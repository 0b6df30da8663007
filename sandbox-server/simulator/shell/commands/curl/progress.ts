// curl's progress meter, shown on stderr where the body does not go to a terminal. Source: curl 7.88.1, lib/progress.c.
import type { Process } from '../../../node/process.ts'
import type { CurlOptions } from './options.ts'
import type { TransferFacts } from './write-out.ts'

const heading = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`

export function progressMeter(
  process: Process,
  options: CurlOptions,
  toFile: boolean,
): { begin(): Promise<void>; end(facts: TransferFacts): Promise<void> } {
  // stdout says whether it is a terminal only where streams know; a pipe does not.
  const shown = !options.silent && (toFile || process.stdout.isTerminal !== true)
  return {
    begin: async () => {
      if (shown) await process.stderr.write(`${heading}\r${line(0, 0, 0)}`)
    },
    end: async ({ sizeDownload, sizeUpload, timeTotal, exitCode }) => {
      // Where no connection came about, nothing more is drawn, not even the line's end.
      if (!shown || exitCode === 6 || exitCode === 7) return
      await process.stderr.write(`\r${line(sizeDownload, sizeUpload, timeTotal)}\n`)
    },
  }
}

function line(download: number, upload: number, time: number): string {
  const total = download + upload
  const percent = total > 0 ? 100 : 0
  const rate = (bytes: number) => amount(Math.floor(bytes / Math.max(time, 0.001)))
  const spent = time >= 1 ? clock(Math.floor(time)) : '--:--:--'
  const share = (bytes: number) => pad(bytes > 0 ? 100 : 0, 3)
  const amounts = `${pad(percent, 3)} ${amount(total)}  ${share(download)} ${amount(download)}  ${share(upload)} ${amount(upload)}`
  return `${amounts}  ${rate(download)}  ${rate(upload)} --:--:-- ${spent} --:--:-- ${rate(download)}`
}

const pad = (value: number | string, width: number) => String(value).padStart(width)

function amount(bytes: number): string {
  if (bytes < 100_000) return pad(bytes, 5)
  if (bytes < 10_000 * 1024) return pad(`${Math.floor(bytes / 1024)}k`, 5)
  return pad(`${(bytes / 1024 / 1024).toFixed(1)}M`, 5)
}

function clock(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`.padStart(
    8,
  )
}
