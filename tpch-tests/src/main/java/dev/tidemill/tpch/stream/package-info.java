/**
 * TPC-H as streams: tables whose rows come, change and go, and the 22 queries standing over them.
 */
@NullMarked
package dev.tidemill.tpch.stream;

import org.jspecify.annotations.NullMarked;
