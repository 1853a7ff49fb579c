package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileWriter;
import dev.tidemill.storage.parquet.ParquetFormatProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows to Parquet files that no snapshot names yet: one a partition, or more where they grow
 * large. One thread.
 */
final class StepFiles implements AutoCloseable {
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final DirectoryTable directory;
  private final List<IcebergColumn> columns;
  private final Schema schema;
  private final PartitionSpec spec;
  private final org.apache.iceberg.Schema tableSchema;
  private final FileFormat format;
  private final String name;
  private final long targetBytes;
  private final MemoryScope scope;

  /** By partition. */
  private final Map<PartitionKey, Open> open = new LinkedHashMap<>();

  private final List<Finished> finished = new ArrayList<>();

  /** For each column of the table's schema the place of ours, or -1. */
  private final int[] places;

  private int files;

  /**
   * A file that is in its place.
   *
   * @param partition null of tables without partitions
   */
  record Finished(String path, long bytes, @Nullable PartitionKey partition, Metrics metrics) {}

  /** A file that grows. */
  private static final class Open {
    final FileOutput output;
    final FileWriter writer;
    long rows;

    Open(FileOutput output, FileWriter writer) {
      this.output = output;
      this.writer = writer;
    }

    void close() {
      try (output;
          writer) {
        return;
      }
    }
  }

  /**
   * @param name what names of files begin with
   * @param spec by which rows are told apart; of the newest metadata, or without fields
   */
  StepFiles(
      DirectoryTable directory,
      TableMetadata metadata,
      List<IcebergColumn> columns,
      PartitionSpec spec,
      String name,
      MemoryScope scope) {
    this.directory = directory;
    this.columns = columns;
    this.schema = new Schema(columns.stream().map(IcebergColumn::written).toList());
    this.spec = spec;
    this.tableSchema = metadata.schema();
    this.name = name;
    this.scope = scope;
    this.targetBytes =
        metadata.propertyAsLong(
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
    this.format = format(metadata);
    this.places = new int[tableSchema.columns().size()];
    Arrays.fill(places, -1);
    for (int c = 0; c < columns.size(); c++) {
      boolean isThere = false;
      for (int f = 0; f < places.length; f++) {
        if (tableSchema.columns().get(f).fieldId() == columns.get(c).field().fieldId()) {
          places[f] = c;
          isThere = true;
        }
      }
      if (!isThere) {
        throw IcebergErrors.columnGone(directory.path(), columns.get(c).name());
      }
    }
    new Writability(directory.path(), columns, List.of()).requireKnown(spec);
  }

  /** As the table's properties say, where they name something that is written; else zstd. */
  private static FileFormat format(TableMetadata metadata) {
    String named =
        metadata.property(TableProperties.PARQUET_COMPRESSION, "zstd").toLowerCase(Locale.ROOT);
    String codec = named.equals("snappy") || named.equals("uncompressed") ? named : "zstd";
    return new ParquetFormatProvider().create(Map.of("compression", codec));
  }

  /** Adds the rows that count; {@code batch} has the columns in order and is borrowed. */
  void write(Batch batch) {
    if (batch.rowCount() == 0) {
      return;
    }
    requireNotNull(batch);
    try (Batch rows = inMicroseconds(batch)) {
      if (spec.isUnpartitioned()) {
        append(new PartitionKey(spec, tableSchema), rows);
        return;
      }
      for (Map.Entry<PartitionKey, int[]> part : parted(batch).entrySet()) {
        int[] picked = part.getValue();
        try (Batch some = rows.select(new Selection(picked, picked.length))) {
          append(part.getKey(), some);
        }
      }
    }
  }

  private void requireNotNull(Batch batch) {
    for (int c = 0; c < columns.size(); c++) {
      Column column = batch.column(c);
      boolean mayBeNull = columns.get(c).nullable() && columns.get(c).field().isOptional();
      if (mayBeNull || !column.mayHaveNulls()) {
        continue;
      }
      for (int i = 0; i < batch.rowCount(); i++) {
        if (column.isNull(batch.row(i))) {
          throw IcebergErrors.notNull(columns.get(c).name());
        }
      }
    }
  }

  /** The same rows, columns of seconds and milliseconds as microseconds. */
  private Batch inMicroseconds(Batch batch) {
    List<Column> converted = new ArrayList<>();
    try {
      for (int c = 0; c < columns.size(); c++) {
        Type type = columns.get(c).type();
        converted.add(
            switch (type) {
              case Type.Timestamp t when IcebergTypes.isCoarse(t) ->
                  micros(batch, c, t.precision(), new Type.Timestamp(6));
              case Type.ZonedTimestamp t when IcebergTypes.isCoarse(t) ->
                  micros(batch, c, t.precision(), new Type.ZonedTimestamp(6));
              default -> batch.column(c).retain();
            });
      }
    } catch (RuntimeException | Error e) {
      converted.forEach(Column::close);
      throw e;
    }
    return batch.withColumns(converted);
  }

  private Column micros(Batch batch, int c, int precision, Type type) {
    FixedColumn from = (FixedColumn) batch.column(c);
    long factor = MICROS_PER_SECOND / TimeUnits.perSecond(precision);
    Buffer to = scope.allocateZeroed(Math.max(1, batch.length()) * 8L);
    for (int i = 0; i < batch.rowCount(); i++) {
      int row = batch.row(i);
      long value = from.longAt(row);
      if (Math.multiplyHigh(value, factor) != (value * factor) >> 63) {
        if (!from.isNull(row)) {
          to.close();
          throw IcebergErrors.outOfRange(columns.get(c).name(), String.valueOf(from.value(row)));
        }
        value = 0;
      }
      Memory.putLong(to.address() + 8L * row, value * factor);
    }
    Buffer validity = from.validityBuffer();
    return new FixedColumn(
        type, batch.length(), 8, to, validity == null ? null : validity.retain());
  }

  /** The rows of each partition. */
  private Map<PartitionKey, int[]> parted(Batch batch) {
    PartitionKey key = new PartitionKey(spec, tableSchema);
    RowValues values = new RowValues(batch);
    Map<PartitionKey, Integer> numbers = new HashMap<>();
    List<PartitionKey> keys = new ArrayList<>();
    int[] parts = new int[batch.rowCount()];
    int[] counts = new int[batch.rowCount()];
    for (int i = 0; i < parts.length; i++) {
      values.row = batch.row(i);
      key.partition(values);
      Integer number = numbers.get(key);
      if (number == null) {
        number = keys.size();
        PartitionKey copy = key.copy();
        keys.add(copy);
        numbers.put(copy, number);
      }
      parts[i] = number;
      counts[number]++;
    }
    List<int[]> rows = new ArrayList<>();
    for (int k = 0; k < keys.size(); k++) {
      rows.add(new int[counts[k]]);
    }
    Arrays.fill(counts, 0);
    for (int i = 0; i < parts.length; i++) {
      rows.get(parts[i])[counts[parts[i]]++] = batch.row(i);
    }
    Map<PartitionKey, int[]> parted = new LinkedHashMap<>();
    for (int k = 0; k < keys.size(); k++) {
      parted.put(keys.get(k), rows.get(k));
    }
    return parted;
  }

  /** A row as transforms ask it for values: by the place of the column in the table. */
  private final class RowValues implements StructLike {
    private final Batch batch;
    int row;

    RowValues(Batch batch) {
      this.batch = batch;
    }

    @Override
    public int size() {
      return places.length;
    }

    @Override
    public <T> @Nullable T get(int position, Class<T> javaClass) {
      int place = places[position];
      Object value = place < 0 ? null : batch.column(place).value(row);
      if (value == null) {
        return null;
      }
      IcebergColumn column = columns.get(place);
      Object there = IcebergValues.written(column.field().type(), value);
      if (there == null) {
        throw IcebergErrors.outOfRange(column.name(), value.toString());
      }
      return javaClass.cast(there);
    }

    @Override
    public <T> void set(int position, T value) {
      throw new UnsupportedOperationException("a row is only read");
    }
  }

  private void append(PartitionKey partition, Batch rows) {
    Open file = open.get(partition);
    if (file == null) {
      file = begin(partition);
      open.put(partition, file);
    }
    file.writer.write(rows);
    file.rows += rows.rowCount();
    if (file.output.position() >= targetBytes) {
      finish(partition, file);
      open.remove(partition);
    }
  }

  private Open begin(PartitionKey partition) {
    String fileName = "%s-%05d.parquet".formatted(name, files++);
    String path =
        spec.isUnpartitioned()
            ? directory.locationProvider().newDataLocation(fileName)
            : directory.locationProvider().newDataLocation(spec, partition, fileName);
    FileOutput output = directory.files().create(path);
    try {
      return new Open(output, format.writer(output, schema, scope));
    } catch (RuntimeException | Error e) {
      output.close();
      throw e;
    }
  }

  private void finish(PartitionKey partition, Open file) {
    String path = file.output.path();
    try {
      file.writer.finish();
      file.output.commit();
    } finally {
      file.close();
    }
    FileStatus status = directory.files().stat(path);
    if (status == null) {
      throw IcebergErrors.fileGone(path);
    }
    Metrics metrics =
        WrittenMetrics.of(
            format.statistics(
                dev.tidemill.storage.files.DataFile.of(directory.files(), status), schema),
            file.rows,
            columns);
    finished.add(
        new Finished(path, status.size(), spec.isUnpartitioned() ? null : partition, metrics));
  }

  /** Puts the files in their places; nothing is written after it. */
  List<Finished> finish() {
    List<PartitionKey> keys = new ArrayList<>(open.keySet());
    for (PartitionKey key : keys) {
      Open file = open.remove(key);
      if (file != null) {
        finish(key, file);
      }
    }
    return List.copyOf(finished);
  }

  /** Deletes the files that were finished, which no snapshot names. */
  void forget() {
    finished.forEach(file -> forget(file.path()));
    finished.clear();
  }

  private void forget(String path) {
    try {
      directory.files().delete(path);
    } catch (TidemillException later) {
      // The writer deletes it when it opens the table again.
      return;
    }
  }

  /** Forgets files that were not finished. */
  @Override
  public void close() {
    open.values().forEach(Open::close);
    open.clear();
  }
}
