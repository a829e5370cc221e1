// Follows a run over the socket, without any library: node watch.mjs http://localhost:3001 <executionId>
// The API key comes from MILLRACE_API_KEY. Needs Node 22 or newer; in a browser only the printing differs.
const [base, executionId] = process.argv.slice(2)
const address = `${base.replace(/^http/, 'ws')}/ws`

let cursor // { since, epoch }: where to go on after a cut
let failures = 0

function connect() {
  const socket = new WebSocket(address, ['millrace.v1', `bearer.${process.env.MILLRACE_API_KEY}`])
  socket.addEventListener('open', () => {
    socket.send(JSON.stringify({ type: 'subscribe', executionId, ...cursor }))
  })
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(data)
    if (message.type === 'subscribed') cursor = { since: cursor?.since, epoch: message.epoch }
    else if (message.type === 'resync')
      cursor = undefined // a snapshot follows
    else if (message.type === 'error') fail(`${message.code}: ${message.message}`)
    else if (message.type === 'ended') return void socket.close(1000)
    else if (message.executionId === executionId && 'seq' in message) {
      if (message.type !== 'caught_up') process.stdout.write(`${message.seq} ${message.type} ${message.chunk ?? ''}\n`)
      cursor = { since: message.seq, epoch: message.epoch ?? cursor?.epoch }
      failures = 0
    }
  })
  socket.addEventListener('close', ({ code, reason }) => {
    if (code === 1000) return
    // 1008, 1009 and 44xx will not get better by trying again, but for an expired token and too many messages.
    const isFinal = code === 1008 || code === 1009 || (code >= 4400 && code < 4500 && code !== 4401 && code !== 4429)
    if (isFinal) return fail(`refused: ${code} ${reason}`)
    // A random part of a span that doubles: clients cut off together do not come back together.
    setTimeout(connect, Math.random() * Math.min(30_000, 1000 * 2 ** failures++))
  })
}

function fail(words) {
  process.stderr.write(`${words}\n`)
  process.exit(1)
}

connect()
