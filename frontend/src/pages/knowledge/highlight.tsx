import { Fragment } from 'react'

/** Shorter words are too common to be worth a mark. */
const wordLengthMin = 3

/** The passage with the words of the query in bold. */
export function Highlight({ text, query }: { text: string; query: string }) {
  const words = [...new Set(query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])]
    .filter((word) => word.length >= wordLengthMin)
    .slice(0, 20)
  if (words.length === 0) return text
  const pattern = new RegExp(`((?<![\\p{L}\\p{N}])(?:${words.join('|')}))`, 'giu')
  return text.split(pattern).map((part, index) =>
    index % 2 === 1 ? (
      <strong key={index} className="font-title">
        {part}
      </strong>
    ) : (
      <Fragment key={index}>{part}</Fragment>
    ),
  )
}
