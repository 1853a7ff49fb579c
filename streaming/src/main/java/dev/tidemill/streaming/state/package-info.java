/**
 * What standing queries keep between steps: three shapes behind one interface with versions. Start
 * with {@link dev.tidemill.streaming.state.QueryState}. Keys, rows and values are bytes here
 * ({@code RowCodec}'s); what they mean is the operators' business.
 */
@NullMarked
package dev.tidemill.streaming.state;

import org.jspecify.annotations.NullMarked;
