// The time of day for what counts seconds or minutes, renewed only while somebody looks.
import { useEffect, useState } from 'preact/hooks'

/** Epoch milliseconds, renewed every `everyMs` while `active`. 0 before the first look, as when a page is built. */
export function useNow(everyMs: number, active: boolean): number {
  const [now, setNow] = useState(0)
  useEffect(() => {
    if (!active) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, active])
  return now
}
