package dev.tidemill.storage.parquet;

import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.files.DataFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/** What a file's footer says, checked as far as it can be without reading pages. Immutable. */
final class Footer {
  private static final int TAIL_BYTES = 8;
  private static final int HEAD_BYTES = 4;
  private static final int FIRST_READ = 64 << 10;
  private static final int MAGIC = 0x31524150;
  private static final int ENCRYPTED_MAGIC = 0x45524150;

  private final String path;
  private final List<ParquetField> fields;
  private final List<FileField> described;
  private final List<RowGroup> rowGroups;
  private final long[] starts;
  private final long dataEnd;

  private Footer(String path, FileMetaData metadata, long dataEnd) {
    this.path = path;
    List<SchemaElement> schema = metadata.getSchema();
    SchemaReader.Fields read =
        SchemaReader.read(path, schema == null ? List.of() : schema, IntervalNotes.of(metadata));
    this.fields = List.copyOf(read.fields());
    this.described = schema == null ? List.of() : FileField.all(schema);
    List<RowGroup> groups = metadata.getRow_groups();
    this.rowGroups = groups == null ? List.of() : List.copyOf(groups);
    this.starts = new long[rowGroups.size() + 1];
    this.dataEnd = dataEnd;
    for (int g = 0; g < rowGroups.size(); g++) {
      RowGroup group = rowGroups.get(g);
      check(group, g, read.leaves());
      starts[g + 1] = starts[g] + group.getNum_rows();
      if (starts[g + 1] < starts[g]) {
        throw ParquetErrors.malformedFooter(path, "it has more rows than can be counted");
      }
    }
  }

  private void check(RowGroup group, int number, int leaves) {
    if (group.getNum_rows() < 0 || group.getColumnsSize() != leaves) {
      throw ParquetErrors.malformedFooter(
          path,
          "row group %d has %d rows and %d of %d columns"
              .formatted(number, group.getNum_rows(), group.getColumnsSize(), leaves));
    }
    for (ColumnChunk chunk : group.getColumns()) {
      if (chunk.isSetCrypto_metadata() || chunk.isSetEncrypted_column_metadata()) {
        throw ParquetErrors.encrypted(path);
      }
      if (chunk.getMeta_data() == null || chunk.getMeta_data().getCodec() == null) {
        throw ParquetErrors.malformedFooter(
            path, "a column of row group " + number + " is not described");
      }
      if (chunk.getFile_path() != null) {
        throw ParquetErrors.unsupported(
            ParquetPlace.file(path), "a column that lies in another file");
      }
    }
    for (ParquetField field : fields) {
      if (field.leaf() != null) {
        long values = group.getColumns().get(field.leaf().leaf()).getMeta_data().getNum_values();
        if (values != group.getNum_rows()) {
          throw ParquetErrors.malformedFooter(
              path,
              "column %s has %d values in row group %d of %d rows"
                  .formatted(field.name(), values, number, group.getNum_rows()));
        }
      }
    }
  }

  static Footer read(DataFile file) {
    try (FileInput input = file.open()) {
      return read(input);
    }
  }

  static Footer read(FileInput input) {
    String path = input.path();
    long size = input.size();
    if (size < HEAD_BYTES + TAIL_BYTES) {
      throw ParquetErrors.notParquet(path, "this one has " + size + " bytes");
    }
    byte[] tail = new byte[(int) Math.min(size, FIRST_READ)];
    input.readFully(size - tail.length, tail, 0, tail.length);
    int magic = littleEndian(tail, tail.length - 4);
    if (magic == ENCRYPTED_MAGIC) {
      throw ParquetErrors.encrypted(path);
    }
    byte[] head = new byte[HEAD_BYTES];
    input.readFully(0, head, 0, HEAD_BYTES);
    if (magic != MAGIC || littleEndian(head, 0) != MAGIC) {
      throw ParquetErrors.notParquet(
          path, magic == MAGIC ? "this one does not start so" : "this one does not end so");
    }
    long length = littleEndian(tail, tail.length - TAIL_BYTES) & 0xffff_ffffL;
    if (length > size - HEAD_BYTES - TAIL_BYTES || length > Integer.MAX_VALUE - TAIL_BYTES) {
      throw ParquetErrors.malformedFooter(path, length + " bytes long in a file of " + size);
    }
    int offset = tail.length - TAIL_BYTES - (int) length;
    if (offset < 0) {
      tail = new byte[(int) length];
      input.readFully(size - TAIL_BYTES - length, tail, 0, (int) length);
      offset = 0;
    }
    return new Footer(path, parse(path, tail, offset, (int) length), size - TAIL_BYTES - length);
  }

  /** The library answers bad bytes with runtime exceptions of many kinds. */
  private static FileMetaData parse(String path, byte[] bytes, int offset, int length) {
    try {
      return Util.readFileMetaData(new ByteArrayInputStream(bytes, offset, length));
    } catch (IOException | RuntimeException e) {
      throw ParquetErrors.malformedFooter(path, "it cannot be read");
    }
  }

  private static int littleEndian(byte[] bytes, int at) {
    return (bytes[at] & 0xff)
        | (bytes[at + 1] & 0xff) << 8
        | (bytes[at + 2] & 0xff) << 16
        | (bytes[at + 3] & 0xff) << 24;
  }

  String path() {
    return path;
  }

  List<ParquetField> fields() {
    return fields;
  }

  /**
   * The field of that name, else the only one that differs only in case; null where there is none.
   */
  @Nullable ParquetField field(String name) {
    List<ParquetField> similar = new ArrayList<>();
    for (ParquetField field : fields) {
      if (field.name().equals(name)) {
        return field;
      }
      if (field.name().equalsIgnoreCase(name)) {
        similar.add(field);
      }
    }
    return similar.size() == 1 ? similar.get(0) : null;
  }

  /** The top-level fields as they are described. */
  List<FileField> described() {
    return described;
  }

  int rowGroupCount() {
    return rowGroups.size();
  }

  RowGroup rowGroup(int index) {
    return rowGroups.get(index);
  }

  /**
   * The number in the file of the row group's first row; of all rows for {@link #rowGroupCount}.
   */
  long start(int rowGroup) {
    return starts[rowGroup];
  }

  long rows() {
    return starts[rowGroups.size()];
  }

  /** Where pages end at the latest. */
  long dataEnd() {
    return dataEnd;
  }
}
