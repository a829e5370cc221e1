import clsx from 'clsx'
import { type DragEvent, type ReactNode, useRef, useState } from 'react'

export interface DropZoneProps {
  /** What letting go here does: "Drop files to add them". */
  hint: string
  onFiles: (files: File[]) => void
  className?: string
  /** Nothing is taken, and nothing is said to be. */
  disabled?: boolean
  children: ReactNode
}

/** An area that takes files from the desktop. While some hover over it, it says what will happen. */
export function DropZone({ hint, onFiles, className, disabled = false, children }: DropZoneProps) {
  const [isOver, setOver] = useState(false)
  // Leave and enter fire for every child passed over; only a depth of 0 is outside.
  const depth = useRef(0)
  const hasFiles = (event: DragEvent) => !disabled && event.dataTransfer.types.includes('Files')
  return (
    <div
      className={clsx('relative', className)}
      onDragEnter={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        depth.current += 1
        setOver(true)
      }}
      onDragOver={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
      }}
      onDragLeave={() => {
        depth.current = Math.max(0, depth.current - 1)
        if (depth.current === 0) setOver(false)
      }}
      onDrop={(event) => {
        depth.current = 0
        setOver(false)
        if (!hasFiles(event)) return
        event.preventDefault()
        onFiles([...event.dataTransfer.files])
      }}
    >
      {children}
      {isOver && (
        <div className="pointer-events-none absolute inset-2 z-20 grid place-items-center rounded-card border-2 border-dashed border-current-mark bg-current-tint/90 text-t3 font-mid text-current-text">
          {hint}
        </div>
      )}
    </div>
  )
}
