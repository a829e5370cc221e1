/** The mark: a mill wheel over its water. The wheel is ink, the water is the current. */
export function WheelMark({ size = 28, className }: { size?: number; className?: string }) {
  return (
    <svg
      viewBox="0 0 32 32"
      width={size}
      height={size}
      fill="none"
      strokeLinecap="round"
      aria-hidden="true"
      className={className}
    >
      <g className="stroke-ink" strokeWidth="2">
        <circle cx="16" cy="14" r="6.6" />
        <path d="M16 3.2v4.2M23.64 6.36l-2.97 2.97M26.8 14h-4.2M8.36 6.36l2.97 2.97M5.2 14h4.2M11.33 18.67l-2.6 2.6M20.67 18.67l2.6 2.6" />
      </g>
      <circle cx="16" cy="14" r="1.7" className="fill-current-mark" />
      <path
        className="stroke-current-mark"
        strokeWidth="2.2"
        d="M3 24.6c2.2 0 2.2 2 4.4 2s2.2-2 4.3-2 2.2 2 4.3 2 2.2-2 4.3-2 2.2 2 4.3 2 2.2-2 4.4-2"
      />
    </svg>
  )
}
