package dev.tidemill.storage.parquet;

import com.github.luben.zstd.Zstd;
import org.apache.parquet.format.CompressionCodec;

/**
 * How files are written.
 *
 * @param codec ZSTD, SNAPPY or UNCOMPRESSED
 * @param level of zstd
 * @param rowGroupRows rows of a row group at most; the unit of parallel reading
 * @param pageVersion 1 or 2
 */
public record ParquetWriteOptions(
    CompressionCodec codec, int level, int rowGroupRows, int pageVersion) {
  /** zstd at level 1, row groups of at most 2^20 rows, pages of version 1. */
  public static final ParquetWriteOptions DEFAULT =
      new ParquetWriteOptions(CompressionCodec.ZSTD, 1, 1 << 20, 1);

  public ParquetWriteOptions {
    if (codec != CompressionCodec.ZSTD
        && codec != CompressionCodec.SNAPPY
        && codec != CompressionCodec.UNCOMPRESSED) {
      throw new IllegalArgumentException("codec: " + codec);
    }
    if (level < 1 || level > Zstd.maxCompressionLevel()) {
      throw new IllegalArgumentException("level: " + level);
    }
    if (rowGroupRows < 1) {
      throw new IllegalArgumentException("rowGroupRows: " + rowGroupRows);
    }
    if (pageVersion != 1 && pageVersion != 2) {
      throw new IllegalArgumentException("pageVersion: " + pageVersion);
    }
  }
}
