/**
 * TPC-H as a regression suite: data, the 22 queries, their answers. Start with {@link
 * dev.tidemill.tpch.Main}.
 */
@NullMarked
package dev.tidemill.tpch;

import org.jspecify.annotations.NullMarked;
