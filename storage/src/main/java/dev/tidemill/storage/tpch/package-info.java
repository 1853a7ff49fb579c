/** The read-only catalog {@code tpch}: TPC-H's tables, generated while they are read. */
@NullMarked
package dev.tidemill.storage.tpch;

import org.jspecify.annotations.NullMarked;
