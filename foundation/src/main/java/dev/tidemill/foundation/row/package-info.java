/**
 * Rows as byte strings whose order is the order of the rows: the keys of state, of sorting and of
 * generic hash tables. Start with {@link dev.tidemill.foundation.row.RowCodec}.
 */
@NullMarked
package dev.tidemill.foundation.row;

import org.jspecify.annotations.NullMarked;
