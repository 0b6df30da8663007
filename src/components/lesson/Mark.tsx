// The small signs that stand beside every colour: tick, cross, ring, half, play. Nothing is told by colour alone.

export type MarkKind = 'passed' | 'partial' | 'failed' | 'error' | 'unanswered' | 'open' | 'running' | 'play'

const paths: Record<MarkKind, string> = {
  passed: 'M3 8.5 6.5 12 13 4.5',
  partial: 'M8 2.5a5.5 5.5 0 0 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11',
  failed: 'M4 4l8 8M12 4l-8 8',
  error: 'M8 3v6M8 12.2v.6',
  unanswered: 'M2.5 8a5.5 5.5 0 1 1 11 0 5.5 5.5 0 0 1-11 0M5.5 8h5',
  open: 'M2.5 8a5.5 5.5 0 1 1 11 0 5.5 5.5 0 0 1-11 0',
  running: 'M2.5 8a5.5 5.5 0 1 1 11 0M8 5v3l2 1.5',
  play: 'M5 3.5v9l7-4.5z',
}

export const markWords: Record<MarkKind, string> = {
  passed: 'holds',
  partial: 'holds in part',
  failed: 'does not hold',
  error: 'could not be run',
  unanswered: 'not answered',
  open: 'not checked yet',
  running: 'being checked',
  play: '',
}

export function Mark({ kind }: { kind: MarkKind }) {
  const filled = kind === 'play'
  return (
    <svg class={`mark mark-${kind}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {kind === 'partial' && <path d="M8 2.5a5.5 5.5 0 0 0 0 11z" fill="currentColor" />}
      <path
        d={paths[kind]}
        fill={filled ? 'currentColor' : 'none'}
        stroke="currentColor"
        stroke-width={filled ? 0 : 1.8}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
