package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.parquet.ParquetFormat;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a data file are gone: those at the positions that deletion vectors and position
 * delete files name, and those with a key that an equality delete file names.
 */
final class DeletedRows {
  private static final DeletedRows NONE = new DeletedRows("", List.of(), List.of());
  private static final long KEY_BYTES = 64;

  private final String location;
  private final List<DeleteFile> positions;
  private final List<ByKey> keys;

  /**
   * An equality delete file.
   *
   * @param fields the key
   * @param types what its columns are read as
   * @param parts where the data file has them
   */
  private record ByKey(
      DeleteFile file,
      List<Types.NestedField> fields,
      List<Type> types,
      List<FileLayout.Part> parts) {}

  private DeletedRows(String location, List<DeleteFile> positions, List<ByKey> keys) {
    this.location = location;
    this.positions = positions;
    this.keys = keys;
  }

  /** Those of a file; adds to {@code layout} what has to be read of it to know them. */
  static DeletedRows of(TableFile file, FileLayout layout, TableMetadata metadata) {
    if (file.deletes().isEmpty()) {
      return NONE;
    }
    List<DeleteFile> positions = new ArrayList<>();
    List<ByKey> keys = new ArrayList<>();
    for (DeleteFile delete : file.deletes()) {
      switch (delete.content()) {
        case POSITION_DELETES -> positions.add(delete);
        case EQUALITY_DELETES -> keys.add(byKey(delete, layout, metadata));
        default -> throw IcebergErrors.deleteFile(delete.location(), "is of an unknown kind");
      }
    }
    return new DeletedRows(file.file().location(), positions, keys);
  }

  private static ByKey byKey(DeleteFile delete, FileLayout layout, TableMetadata metadata) {
    List<Types.NestedField> fields = new ArrayList<>();
    List<Type> types = new ArrayList<>();
    List<FileLayout.Part> parts = new ArrayList<>();
    for (int id : delete.equalityFieldIds()) {
      Types.NestedField field = field(id, metadata);
      Type type = field == null ? null : IcebergTypes.read(field.type());
      if (field == null || type == null || field.type().isNestedType()) {
        throw IcebergErrors.deleteFile(
            delete.location(), "removes rows by a column that cannot be read");
      }
      fields.add(field);
      types.add(type);
      parts.add(layout.part(field, field.name(), type, true));
    }
    return new ByKey(delete, fields, types, parts);
  }

  /** A top-level column, be it gone since. */
  private static Types.@Nullable NestedField field(int id, TableMetadata metadata) {
    for (Types.NestedField field : metadata.schema().columns()) {
      if (field.fieldId() == id) {
        return field;
      }
    }
    for (Schema schema : metadata.schemas()) {
      for (Types.NestedField field : schema.columns()) {
        if (field.fieldId() == id) {
          return field;
        }
      }
    }
    return null;
  }

  boolean isEmpty() {
    return positions.isEmpty() && keys.isEmpty();
  }

  /** Reads the delete files. */
  Loaded load(FileSystem files, ParquetFormat format, MemoryScope scope) {
    Loaded loaded = new Loaded(scope);
    try {
      for (DeleteFile delete : positions) {
        if (delete.format() == org.apache.iceberg.FileFormat.PUFFIN) {
          addVector(loaded, delete, files);
        } else {
          addPositions(loaded, delete, files, format, scope);
        }
      }
      Arrays.sort(loaded.positions, 0, loaded.count);
      for (ByKey delete : keys) {
        loaded.keys.add(read(loaded, delete, files, format, scope));
      }
      return loaded;
    } catch (RuntimeException | Error e) {
      loaded.close();
      throw e;
    }
  }

  private static void addVector(Loaded loaded, DeleteFile delete, FileSystem files) {
    String path = LocalFiles.path(delete.location());
    Long offset = delete.contentOffset();
    Long size = delete.contentSizeInBytes();
    if (offset == null || size == null || size > Integer.MAX_VALUE) {
      throw IcebergErrors.deleteFile(path, "does not say where its deletion vector is");
    }
    if (files.stat(path) == null) {
      throw IcebergErrors.fileGone(path);
    }
    byte[] vector = new byte[size.intValue()];
    try (FileInput input = files.open(path)) {
      input.readFully(offset, vector, 0, vector.length);
    }
    PositionDeleteIndex index;
    try {
      index = PositionDeleteIndex.deserialize(vector, delete);
    } catch (IllegalArgumentException e) {
      throw IcebergErrors.deleteFile(path, "is damaged: " + e.getMessage());
    }
    index.forEach(loaded::add);
  }

  /** Position delete files may be of many data files; rows of one stand together in them. */
  private void addPositions(
      Loaded loaded, DeleteFile delete, FileSystem files, ParquetFormat format, MemoryScope scope) {
    DataFile data = TableFile.readable(files, delete);
    FileLayout layout = new FileLayout(data.path(), format.fields(data), null, null);
    FileLayout.Part file =
        layout.part(MetadataColumns.DELETE_FILE_PATH, "file_path", Type.VARCHAR, false);
    FileLayout.Part position =
        layout.part(MetadataColumns.DELETE_FILE_POS, "pos", Type.BIGINT, false);
    ColumnFilter here =
        new ColumnFilter.Comparison("file_path", ColumnFilter.Operator.EQUAL, location);
    FileScan scan = layout.scan(List.of(here), Map.of("file_path", file, "pos", position), -1);
    if (scan == null
        || !(file instanceof FileLayout.Part.Read paths)
        || !(position instanceof FileLayout.Part.Read numbers)) {
      return;
    }
    for (FileRange range : format.ranges(data, 0, FileFormat.END, scan)) {
      try (BatchReader reader = format.open(data, range, scan, scope)) {
        for (Batch read = reader.next(); read != null; read = reader.next()) {
          try (Batch batch = read) {
            for (int i = 0; i < batch.rowCount(); i++) {
              int row = batch.row(i);
              if (location.equals(batch.column(paths.index()).value(row))
                  && batch.column(numbers.index()).value(row) instanceof Long number) {
                loaded.add(number);
              }
            }
          }
        }
      }
    }
  }

  private static Keys read(
      Loaded loaded, ByKey delete, FileSystem files, ParquetFormat format, MemoryScope scope) {
    DataFile data = TableFile.readable(files, delete.file);
    FileLayout layout = new FileLayout(data.path(), format.fields(data), null, null);
    List<FileLayout.Part> parts = new ArrayList<>();
    for (int i = 0; i < delete.fields.size(); i++) {
      Types.NestedField field = delete.fields.get(i);
      parts.add(layout.part(field, field.name(), delete.types.get(i), true));
    }
    Set<List<@Nullable Object>> keys = new HashSet<>();
    FileScan scan = layout.scan(List.of(), Map.of(), -1);
    if (scan == null) {
      throw new IllegalStateException("a scan without filters was ruled out");
    }
    for (FileRange range : format.ranges(data, 0, FileFormat.END, scan)) {
      try (BatchReader reader = format.open(data, range, scan, scope)) {
        for (Batch read = reader.next(); read != null; read = reader.next()) {
          try (Batch batch = read) {
            loaded.reserve(batch.rowCount() * (KEY_BYTES + parts.size() * KEY_BYTES));
            for (int i = 0; i < batch.rowCount(); i++) {
              keys.add(key(batch, batch.row(i), parts));
            }
          }
        }
      }
    }
    return new Keys(keys, delete.parts);
  }

  /** A row's key; values that are equal to Iceberg are equal objects. */
  private static List<@Nullable Object> key(Batch batch, int row, List<FileLayout.Part> parts) {
    @Nullable Object[] key = new @Nullable Object[parts.size()];
    for (int i = 0; i < key.length; i++) {
      @Nullable Object value =
          switch (parts.get(i)) {
            case FileLayout.Part.Read part -> {
              Column column = batch.column(part.index());
              yield column.value(row);
            }
            case FileLayout.Part.Constant part -> part.value();
          };
      key[i] =
          switch (value) {
            case byte[] bytes -> ByteBuffer.wrap(bytes);
            case Float number -> number.doubleValue();
            case Byte number -> number.longValue();
            case Short number -> number.longValue();
            case Integer number -> number.longValue();
            case null, default -> value;
          };
    }
    return Arrays.asList(key);
  }

  /**
   * What an equality delete file names.
   *
   * @param parts where the data file has the key
   */
  private record Keys(Set<List<@Nullable Object>> keys, List<FileLayout.Part> parts) {}

  /** Deleted rows in memory. One thread. */
  static final class Loaded implements AutoCloseable {
    static final Loaded NONE = new Loaded(null);

    private final @Nullable MemoryScope scope;
    private final List<Keys> keys = new ArrayList<>();

    /** Ascending. */
    private long[] positions = {};

    private int count;
    private long reserved;

    private Loaded(@Nullable MemoryScope scope) {
      this.scope = scope;
    }

    private void reserve(long bytes) {
      if (scope != null) {
        scope.reserveHeap(bytes);
        reserved += bytes;
      }
    }

    private void add(long position) {
      if (count == positions.length) {
        int grown = Math.max(1024, count * 2);
        reserve(8L * (grown - count));
        positions = Arrays.copyOf(positions, grown);
      }
      positions[count++] = position;
    }

    /** Whether a row is gone, by its number in the file or by its key. */
    boolean isDeleted(long position, Batch batch, int row) {
      if (Arrays.binarySearch(positions, 0, count, position) >= 0) {
        return true;
      }
      for (Keys by : keys) {
        if (by.keys.contains(key(batch, row, by.parts))) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void close() {
      if (scope != null) {
        scope.releaseHeap(reserved);
        reserved = 0;
      }
    }
  }
}
