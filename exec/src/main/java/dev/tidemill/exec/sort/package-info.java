/**
 * Order and the end of it: sort, top-N and LIMIT. Start with {@link
 * dev.tidemill.exec.sort.SortOperator}.
 */
@NullMarked
package dev.tidemill.exec.sort;

import org.jspecify.annotations.NullMarked;
