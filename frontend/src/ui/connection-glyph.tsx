import clsx from 'clsx'

/** Waves around a dot: whole while connected, turning while on the way, crossed out while away. */
export type ConnectionShape = 'live' | 'turning' | 'away'

export function ConnectionGlyph({
  shape,
  size = 18,
  className,
}: {
  shape: ConnectionShape
  size?: number
  className?: string
}) {
  return (
    <svg
      viewBox="0 0 18 18"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      aria-hidden="true"
      className={clsx('shrink-0', className)}
    >
      {shape === 'live' && (
        <>
          <circle cx="9" cy="9" r="2.4" fill="currentColor" stroke="none" />
          <path d="M5.2 4.2a6.2 6.2 0 0 0 0 9.6M12.8 4.2a6.2 6.2 0 0 1 0 9.6" />
        </>
      )}
      {shape === 'turning' && (
        <>
          <circle cx="9" cy="9" r="2.2" />
          <circle cx="9" cy="9" r="6.4" strokeDasharray="3.4 3.3" className="origin-center animate-turn" />
        </>
      )}
      {shape === 'away' && (
        <>
          <circle cx="9" cy="9" r="2.4" />
          <path d="M5.2 4.2a6.2 6.2 0 0 0 0 9.6M12.8 4.2a6.2 6.2 0 0 1 0 9.6" opacity=".45" />
          <path d="M3 15 15 3" />
        </>
      )}
    </svg>
  )
}
