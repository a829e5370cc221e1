/** How one error behaves on every surface it can reach. */
export interface ErrorBehaviour {
  /** Status of the HTTP answer. */
  httpStatus: number
  /** Code that closes the socket; null: this error never closes a socket. */
  wsCloseCode: number | null
  /** Whether trying the same again later can succeed. Decides Temporal's retrying too. */
  retryable: boolean
  /** False: the caller sees the code and a fixed sentence, the log has the rest. */
  expose: boolean
  /** What a person reads when the thrower has nothing more exact to say. */
  message: string
}

/** Every error the product can answer with. A row is all that an error needs. */
export const errorCatalogue = {
  // the request
  INVALID_INPUT: row(400, 4400, false, 'The request does not have the expected form.'),
  MALFORMED_JSON: row(400, 4400, false, 'The message is not valid JSON.'),
  UNKNOWN_MESSAGE_TYPE: row(400, null, false, 'This message type is not known.'),
  PAYLOAD_TOO_LARGE: row(413, 1009, false, 'The payload is larger than allowed.'),
  RATE_LIMITED: row(429, 4429, true, 'Too many requests. Wait a moment and try again.'),
  NOT_FOUND: row(404, null, false, 'There is nothing at this address.'),
  // identity and permission
  NOT_AUTHENTICATED: row(401, 1008, false, 'Sign in first: the credentials are missing.'),
  INVALID_TOKEN: row(401, 1008, false, 'The token is not valid. Sign in again.'),
  TOKEN_EXPIRED: row(401, 4401, false, 'The token has expired. Refresh it and connect again.'),
  INVALID_CREDENTIALS: row(401, null, false, 'E-mail or password is wrong.'),
  FORBIDDEN: row(403, 4403, false, 'Your role does not allow this.'),
  ORIGIN_NOT_ALLOWED: row(403, 4403, false, 'This origin is not on the list of allowed origins.'),
  SETUP_ALREADY_DONE: row(409, null, false, 'The owner has been set up already. Sign in instead.'),
  SETUP_TOKEN_REQUIRED: row(403, null, false, 'Setting up from here needs the token printed at start.'),
  EMAIL_TAKEN: row(409, null, false, 'This e-mail address has an account already. Sign in to accept the invitation.'),
  LAST_OWNER: row(409, null, false, 'A workspace needs an owner. Make somebody else an owner first.'),
  LIMIT_REACHED: row(409, null, false, 'There are as many of these as there may be. Remove one first.'),
  TOO_MANY_CONNECTIONS: row(429, 1013, true, 'Too many connections are open.'),
  TOO_MANY_SUBSCRIPTIONS: row(429, null, false, 'This connection has as many subscriptions as it may have.'),
  // things
  WORKFLOW_NOT_FOUND: row(404, null, false, 'There is no such workflow.'),
  WORKFLOW_INVALID: row(422, null, false, 'The workflow has problems that keep it from running.'),
  VERSION_CONFLICT: row(409, null, false, 'Somebody saved a newer version. Load it before you save.'),
  TEMPLATE_NOT_FOUND: row(404, null, false, 'There is no such template.'),
  EXECUTION_NOT_FOUND: row(404, null, false, 'There is no such execution.'),
  OFFSET_GONE: row(410, null, false, 'This offset cannot be continued. Read again from the start.'),
  EXECUTION_FINISHED: row(409, null, false, 'The execution has finished already.'),
  CHANNEL_NOT_FOUND: row(404, null, false, 'There is no such channel.'),
  PROMPT_NOT_FOUND: row(404, null, false, 'There is no such question.'),
  PROMPT_ALREADY_ANSWERED: row(409, null, false, 'The question has been answered already.'),
  PROMPT_CLOSED: row(409, null, false, 'The question is closed: it expired or its run ended.'),
  PROMPT_LINK_NOT_FOUND: row(
    404,
    null,
    false,
    'This link does not exist or has ended. Ask whoever sent it for a new one.',
  ),
  PROMPT_RESPONSE_INVALID: row(422, null, false, 'The answer does not fit the question.'),
  KNOWLEDGE_BASE_NOT_FOUND: row(404, null, false, 'There is no such knowledge base.'),
  DOCUMENT_NOT_FOUND: row(404, null, false, 'There is no such document.'),
  CREDENTIAL_NOT_FOUND: row(404, null, false, 'There is no such credential.'),
  API_KEY_NOT_FOUND: row(404, null, false, 'There is no such API key.'),
  WORKSPACE_NOT_FOUND: row(404, null, false, 'There is no such workspace.'),
  MEMBER_NOT_FOUND: row(404, null, false, 'There is no such member.'),
  INVITATION_NOT_FOUND: row(404, null, false, 'This invitation does not exist, was used already or has ended.'),
  SHARE_LINK_NOT_FOUND: row(404, null, false, 'This link does not exist or has ended.'),
  HOOK_NOT_FOUND: row(404, null, false, 'There is no such hook.'),
  HOOK_DELIVERY_NOT_FOUND: row(404, null, false, 'There is no such delivery, or its event is no longer kept.'),
  TOO_MANY_HOOKS: row(409, null, false, 'The workspace has as many hooks as it may have.'),
  IDEMPOTENCY_KEY_REUSED: row(409, null, false, 'This idempotency key was used for a different request.'),
  IDEMPOTENCY_KEY_BUSY: row(409, null, true, 'The first request with this key is still at work. Try again soon.'),
  // documents
  UNSUPPORTED_DOCUMENT: row(415, null, false, 'This kind of file cannot be read. Use txt, md, html, pdf, docx or csv.'),
  DOCUMENT_UNREADABLE: row(422, null, false, 'The file is damaged or protected and could not be read.'),
  DOCUMENT_EMPTY: row(422, null, false, 'The file has no text in it.'),
  // nodes
  EXPRESSION_FAILED: row(422, null, false, 'An expression could not be evaluated.'),
  NODE_CONFIG_INVALID: row(422, null, false, 'The step is not set up correctly.'),
  HTTP_ADDRESS_REFUSED: row(422, null, false, 'The address belongs to a private network and is refused.'),
  HTTP_REQUEST_FAILED: row(502, null, true, 'The request did not get an answer.'),
  HTTP_STATUS: row(502, null, true, 'The answer has a status that counts as a failure.'),
  PROVIDER_UNAVAILABLE: row(502, null, true, 'The model provider did not answer.'),
  PROVIDER_REJECTED: row(502, null, false, 'The model provider refused the request.'),
  MODEL_OUTPUT_INVALID: row(502, null, true, 'The model answered with something that does not fit the schema.'),
  OUTPUT_TOO_LARGE: row(422, null, false, 'The output is larger than a step may produce.'),
  NODE_TIMEOUT: row(504, null, true, 'The step took longer than its timeout.'),
  WORKER_LOST: row(503, null, true, 'The worker that ran this step disappeared.'),
  LOOP_LIMIT: row(422, null, false, 'The loop reached its limit.'),
  RUN_STOPPED: row(422, null, false, 'A step ended the run.'),
  RUN_BLOCKED: row(422, null, false, 'A step found that the run may not go on.'),
  EXECUTION_LOST: row(500, null, false, 'The run was lost: its durable state no longer exists.'),
  EXECUTION_TERMINATED: row(500, null, false, 'The run was ended from outside.'),
  // delivery
  SLOW_CONSUMER: row(503, 1013, true, 'The connection cannot keep up. Connect again to resume.'),
  SERVER_LEAVING: row(503, 1001, true, 'The server is shutting down. Connect again.'),
  // the client of the socket
  BUFFER_FULL: row(503, null, true, 'Too much waits for an answer already. Try again when the connection is back.'),
  REQUEST_TIMED_OUT: row(504, null, true, 'No answer came in time.'),
  CLIENT_CLOSED: row(503, null, false, 'The connection was closed before an answer came.'),
  CLIENT_STOPPED: row(503, null, false, 'The server refuses this connection. Sign in again, then try once more.'),
  // the product itself
  DATABASE_UNAVAILABLE: row(503, 1013, true, 'The database does not answer.'),
  DATA_FOLDER_IN_USE: row(
    503,
    null,
    true,
    'Another Millrace process uses this data folder. Stop it, or choose another with --data-dir.',
  ),
  TEMPORAL_UNAVAILABLE: row(503, 1013, true, 'The Temporal server does not answer.'),
  INTERNAL: {
    httpStatus: 500,
    wsCloseCode: 4500,
    retryable: false,
    expose: false,
    message: 'Something went wrong on our side.',
  },
} as const satisfies Record<string, ErrorBehaviour>

export type ErrorCode = keyof typeof errorCatalogue

function row(httpStatus: number, wsCloseCode: number | null, retryable: boolean, message: string): ErrorBehaviour {
  return { httpStatus, wsCloseCode, retryable, expose: true, message }
}
