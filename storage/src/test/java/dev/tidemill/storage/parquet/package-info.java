/** Tests of Parquet reading and writing. */
@NullMarked
package dev.tidemill.storage.parquet;

import org.jspecify.annotations.NullMarked;
