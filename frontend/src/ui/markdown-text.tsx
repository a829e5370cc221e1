import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'

const components: Components = {
  h1: ({ children }) => <h3 className="mt-3 mb-1 text-t3 first:mt-0">{children}</h3>,
  h2: ({ children }) => <h3 className="mt-3 mb-1 text-t3 first:mt-0">{children}</h3>,
  h3: ({ children }) => <h4 className="mt-3 mb-1 text-base first:mt-0">{children}</h4>,
  h4: ({ children }) => <h4 className="mt-3 mb-1 text-base first:mt-0">{children}</h4>,
  p: ({ children }) => <p className="my-2 first:mt-0 last:mb-0">{children}</p>,
  ul: ({ children }) => <ul className="my-2 list-disc space-y-0.5 pl-5 first:mt-0 last:mb-0">{children}</ul>,
  ol: ({ children }) => <ol className="my-2 list-decimal space-y-0.5 pl-5 first:mt-0 last:mb-0">{children}</ol>,
  strong: ({ children }) => <strong className="font-title">{children}</strong>,
  hr: () => <hr className="my-3 border-line" />,
  blockquote: ({ children }) => (
    <blockquote className="my-2 border-l-2 border-line-strong pl-3 text-ink-2">{children}</blockquote>
  ),
  code: ({ children }) => <code className="rounded-chip bg-sunk px-1 py-0.5 font-mono text-small">{children}</code>,
  pre: ({ children }) => (
    <pre className="my-2 overflow-x-auto rounded-control border bg-sunk p-3 font-mono text-small [&_code]:bg-transparent [&_code]:p-0">
      {children}
    </pre>
  ),
  table: ({ children }) => (
    <div className="my-2 overflow-x-auto">
      <table className="w-full border-collapse text-left [&_thead:not(:has(th:not(:empty)))]:hidden">{children}</table>
    </div>
  ),
  th: ({ children }) => <th className="border-b py-1.5 pr-4 font-mid text-ink-2">{children}</th>,
  td: ({ children }) => <td className="border-b py-1.5 pr-4 align-top">{children}</td>,
  a: ({ href, children }) => (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-current-text underline decoration-current-line underline-offset-2 hover:decoration-current-mark"
    >
      {children}
    </a>
  ),
  // An image would tell its server who reads the text, so only its description is shown.
  img: ({ alt, src }) => (
    <span className="text-ink-3">[image: {alt !== undefined && alt !== '' ? alt : String(src ?? '')}]</span>
  ),
}

const allowedSchemes = /^(https?:|mailto:|#|\/(?!\/))/i

export default function MarkdownText({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={[remarkGfm]}
      components={components}
      urlTransform={(url) => (allowedSchemes.test(url) ? url : '')}
    >
      {text}
    </ReactMarkdown>
  )
}
