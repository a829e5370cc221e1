/** Subprotocol that the server selects. A change that an old client cannot live with needs a new one. */
export const subprotocol = 'millrace.v1'

/** Prefix of the subprotocol entry by which a browser passes its JWT; the server never echoes it. */
export const bearerSubprotocolPrefix = 'bearer.'
