package dev.tidemill.storage.parquet;

import com.github.luben.zstd.Zstd;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileFormatProvider;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.parquet.format.CompressionCodec;

/** {@code 'format'='parquet'}. */
public final class ParquetFormatProvider implements FileFormatProvider {
  static final String NAME = "parquet";

  private static final String COMPRESSION = "compression";
  private static final String LEVEL = "compression_level";
  private static final String ROW_GROUP_ROWS = "row_group_rows";
  private static final String PAGE_VERSION = "page_version";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> extensions() {
    return List.of(NAME);
  }

  @Override
  public List<ConnectorOption> options() {
    return List.of(
        new ConnectorOption(
            COMPRESSION, false, "of files written: zstd (the default), snappy or none"),
        new ConnectorOption(
            LEVEL, false, "of zstd, 1 (the default) to " + Zstd.maxCompressionLevel()),
        new ConnectorOption(
            ROW_GROUP_ROWS, false, "rows of a row group written, at most; default 1048576"),
        new ConnectorOption(
            PAGE_VERSION, false, "version of data pages written: 1 (the default) or 2"));
  }

  @Override
  public FileFormat create(Map<String, String> options) {
    ParquetWriteOptions defaults = ParquetWriteOptions.DEFAULT;
    return new ParquetFormat(
        new ParquetWriteOptions(
            codec(options.getOrDefault(COMPRESSION, "zstd")),
            number(options, LEVEL, 1, Zstd.maxCompressionLevel(), defaults.level()),
            number(options, ROW_GROUP_ROWS, 1, Integer.MAX_VALUE, defaults.rowGroupRows()),
            number(options, PAGE_VERSION, 1, 2, defaults.pageVersion())));
  }

  private static CompressionCodec codec(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "zstd" -> CompressionCodec.ZSTD;
      case "snappy" -> CompressionCodec.SNAPPY;
      case "none", "uncompressed" -> CompressionCodec.UNCOMPRESSED;
      default -> throw ParquetErrors.badOption(COMPRESSION, name, "zstd, snappy or none");
    };
  }

  private static int number(
      Map<String, String> options, String name, int least, int most, int otherwise) {
    String text = options.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text.strip());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw ParquetErrors.badOption(name, text, "a number from " + least + " to " + most);
    }
    throw ParquetErrors.badOption(name, text, "a number from " + least + " to " + most);
  }
}
