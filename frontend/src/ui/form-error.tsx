/** A refused form: the sentence, and the code in small mono. Nothing without a message. */
export function FormError({ message, code }: { message: string | null; code: string | null }) {
  if (message === null) return null
  return (
    <p
      role="alert"
      className="rounded-control border border-failed-line bg-failed-tint px-3 py-2 text-small text-failed-text"
    >
      {message} {code !== null && <code className="font-mono text-micro">{code}</code>}
    </p>
  )
}
