import type { SentencePart } from './run-sentence.ts'

/** The parts of a run's sentence with their weights. */
export function SentenceText({ parts }: { parts: readonly SentencePart[] }) {
  return parts.map((part, index) => {
    if (part.style === 'state')
      return (
        <strong key={index} className="font-title">
          {part.text}
        </strong>
      )
    if (part.style === 'name') return <em key={index}>{part.text}</em>
    return (
      <span key={index} className="text-ink-2">
        {part.text}
      </span>
    )
  })
}
