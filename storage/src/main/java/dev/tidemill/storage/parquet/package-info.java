/**
 * Parquet files: our own page decoding into columns, and a writer. Footers and page headers are
 * read and written by parquet-java's Thrift classes, nothing else is; no Hadoop class is needed.
 * Start with {@link dev.tidemill.storage.parquet.ParquetFormat}, then {@code RowGroupReader},
 * {@code ColumnReader}, {@code PageReader}.
 *
 * <p>Everything in a file may be wrong: lengths, counts and offsets are checked once per page, run
 * or batch, before a loop trusts them. Pages lie in buffers with {@link
 * dev.tidemill.storage.parquet.PageReader#PADDING} readable bytes behind them, so that loops may
 * load whole words.
 */
@NullMarked
package dev.tidemill.storage.parquet;

import org.jspecify.annotations.NullMarked;
