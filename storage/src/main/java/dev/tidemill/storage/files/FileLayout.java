package dev.tidemill.storage.files;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.setting.Quantities;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.CatalogErrors;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * How the rows of a step become files: in which directories, how big, when others see them.
 *
 * @param format of one file, which has the columns that are not {@code partitionedBy}
 * @param extension of the files' names
 * @param partitionedBy names of the columns whose values are directories, outermost first
 * @param maxFileBytes a file that has so many is followed by another
 * @param maxFileRows a file has no more rows
 * @param minFileBytes rows are pending, seen by us only, until so many bytes of a partition are
 *     there; 0 for none that wait
 * @param maxWaitMillis how long rows are pending at most, {@link Long#MAX_VALUE} for as long as it
 *     takes
 * @param options what else says how rows stand in a file, as a text
 * @param memory what merging is charged to
 */
record FileLayout(
    FileFormat format,
    String extension,
    Compression compression,
    List<String> partitionedBy,
    long maxFileBytes,
    long maxFileRows,
    long minFileBytes,
    long maxWaitMillis,
    String options,
    MemoryScope memory) {
  private static final String PARTITIONED_BY = "partitioned_by";
  private static final String MAX_FILE_SIZE = "max_file_size";
  private static final String MAX_ROWS = "max_rows_per_file";
  private static final String MIN_FILE_SIZE = "min_file_size";
  private static final String MAX_WAIT = "max_wait";
  private static final long DEFAULT_MAX = 128L << 20;

  FileLayout {
    partitionedBy = List.copyOf(partitionedBy);
  }

  static List<ConnectorOption> connectorOptions() {
    return List.of(
        new ConnectorOption(
            PARTITIONED_BY,
            false,
            "columns, comma separated, whose values are the directories that rows are written to: day=2026-01-01/"),
        new ConnectorOption(
            MAX_FILE_SIZE,
            false,
            "a file that has become so big is followed by another: no bound by default, 128MiB where small files are"
                + " merged"),
        new ConnectorOption(MAX_ROWS, false, "rows of a file written, at most"),
        new ConnectorOption(
            MIN_FILE_SIZE,
            false,
            "small files of steps are merged: other programs see rows once there are so many bytes of a partition, Tidemill"
                + " at once; by default each step is a file"),
        new ConnectorOption(
            MAX_WAIT, false, "with min_file_size, how long rows wait at most, e.g. 5min"));
  }

  /** The layout that options say. */
  static FileLayout of(
      OptionReader options,
      FileFormat format,
      String extension,
      Compression compression,
      String formatOptions,
      MemoryScope memory) {
    long least = bytes(options, MIN_FILE_SIZE, 0, 0);
    long most = bytes(options, MAX_FILE_SIZE, least > 0 ? DEFAULT_MAX : Long.MAX_VALUE, 1);
    if (most < least) {
      if (options.text(MAX_FILE_SIZE) != null) {
        throw CatalogErrors.badOption(
            MAX_FILE_SIZE,
            options.text(MAX_FILE_SIZE, ""),
            "at least min_file_size, " + Quantities.bytesText(least));
      }
      most = least;
    }
    String wait = options.text(MAX_WAIT);
    Duration longest = wait == null ? null : Quantities.duration(wait);
    if (wait != null && (longest == null || least == 0)) {
      throw CatalogErrors.badOption(
          MAX_WAIT, wait, least == 0 ? "left out without min_file_size" : "a time such as 5min");
    }
    List<String> columns = new ArrayList<>();
    for (String column : options.text(PARTITIONED_BY, "").split(",", -1)) {
      if (!column.isBlank()) {
        columns.add(column.strip());
      }
    }
    return new FileLayout(
        format,
        compression.extended(extension),
        compression,
        columns,
        most,
        options.number(MAX_ROWS, Long.MAX_VALUE, 1),
        least,
        longest == null ? Long.MAX_VALUE : longest.toMillis(),
        formatOptions,
        memory);
  }

  private static long bytes(OptionReader options, String name, long otherwise, long least) {
    String text = options.text(name);
    if (text == null) {
      return otherwise;
    }
    Long bytes = Quantities.bytes(text);
    if (bytes == null || bytes < least) {
      throw CatalogErrors.badOption(name, text, "a size such as 64MB");
    }
    return bytes;
  }

  boolean gathers() {
    return minFileBytes > 0;
  }

  boolean isPartitioned() {
    return !partitionedBy.isEmpty();
  }

  /**
   * Checks that rows can be divided by the columns.
   *
   * @throws TidemillException if there is no such column, it has no place in a path, or none is
   *     left
   */
  FileLayout checked(Schema schema) {
    List<String> names = ColumnNames.names(schema);
    List<String> exact = new ArrayList<>();
    for (String column : partitionedBy) {
      int index = ColumnNames.indexOf(names, column);
      if (index < 0) {
        throw FilesErrors.unknownPartitionColumn(column, names);
      }
      String name = names.get(index);
      Field field = schema.getFields().get(index);
      if (exact.contains(name)) {
        throw FilesErrors.partitionedTwice(name);
      }
      if (name.startsWith("_") || name.startsWith(".")) {
        throw FilesErrors.hiddenPartition(name);
      }
      switch (ArrowTypes.type(field)) {
        case Type.Bool t -> exact.add(name);
        case Type.Int t -> exact.add(name);
        case Type.Decimal t -> exact.add(name);
        case Type.Varchar t -> exact.add(name);
        case Type.Date t -> exact.add(name);
        case Type.Timestamp t -> exact.add(name);
        case Type other -> throw FilesErrors.partitionType(name, other.sql());
      }
    }
    if (!exact.isEmpty() && exact.size() == names.size()) {
      throw FilesErrors.onlyPartitionColumns();
    }
    return new FileLayout(
        format,
        extension,
        compression,
        exact,
        maxFileBytes,
        maxFileRows,
        minFileBytes,
        maxWaitMillis,
        options,
        memory);
  }

  /** The columns that stand in a file, of rows of the given ones. */
  Schema inFiles(Schema rows) {
    return isPartitioned()
        ? new Schema(
            rows.getFields().stream().filter(f -> !partitionedBy.contains(f.getName())).toList())
        : rows;
  }

  /** What is the same for files whose rows stand in them in the same way. */
  String signature(Schema inFiles) {
    CRC32C crc = new CRC32C();
    String text = inFiles.toJson() + extension + options;
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted(crc.getValue());
  }
}
