/**
 * {@code 'connector'='nexmark'}: people, auctions and bids of the NEXMark benchmark, made up from a
 * seed. Start with {@link dev.tidemill.storage.nexmark.NexmarkConnector}; what is in a row stands
 * in {@link dev.tidemill.storage.nexmark.EventColumns}.
 */
@NullMarked
package dev.tidemill.storage.nexmark;

import org.jspecify.annotations.NullMarked;
