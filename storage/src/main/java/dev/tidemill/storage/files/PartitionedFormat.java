package dev.tidemill.storage.files;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.Pruning;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.TableStatistics.ColumnStatistics;
import dev.tidemill.storage.table.ValueBounds;
import dev.tidemill.storage.table.ValueExtremes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A format whose files may get some of their columns from the directories they lie in ({@link
 * PathColumns}): files that a filter on such a column rules out are not opened. A column that
 * stands in the path as well as in the file has the path's value.
 */
final class PartitionedFormat implements FileFormat {
  private final FileFormat files;
  private final FilePattern pattern;

  PartitionedFormat(FileFormat files, FilePattern pattern) {
    this.files = files;
    this.pattern = pattern;
  }

  private PathColumns columns(DataFile file) {
    return PathColumns.of(pattern.relative(file.path()));
  }

  @Override
  public String name() {
    return files.name();
  }

  /** All files' paths are looked at, but only some files. */
  @Override
  public Schema inferSchema(List<DataFile> all) {
    List<PathColumns> columns = all.stream().map(this::columns).toList();
    List<Field> inPaths = PathColumns.infer(all, columns);
    for (int i = 0; i < columns.size(); i++) {
      if (inPaths.isEmpty() && !columns.get(i).isEmpty()) {
        throw FilesErrors.differentPathColumns(
            all.getFirst().path(), List.of(), all.get(i).path(), columns.get(i).names());
      }
    }
    Schema inFiles = files.inferSchema(FilesConnector.sample(all));
    List<Field> fields = new ArrayList<>(columns.getFirst().withoutThese(inFiles).getFields());
    fields.addAll(inPaths);
    return new Schema(fields, inFiles.getCustomMetadata());
  }

  @Override
  public TableStatistics statistics(DataFile file, Schema schema) {
    PathColumns inPath = columns(file);
    TableStatistics own = files.statistics(file, inPath.withoutThese(schema));
    if (inPath.isEmpty()) {
      return own;
    }
    Map<String, ColumnStatistics> columns = new HashMap<>(own.columns());
    for (Field field : schema.getFields()) {
      if (inPath.has(field.getName())) {
        Object value = inPath.value(field, file.path());
        columns.put(
            field.getName(),
            new ColumnStatistics(value, value, value == null ? own.rows() : 0, 1, -1));
      }
    }
    return new TableStatistics(own.rows(), own.bytes(), columns);
  }

  /** Whatever the files do with a filter, whole files may be left out. */
  @Override
  public FilterSupport support(ColumnFilter filter, Schema schema) {
    return FilterSupport.PRUNING;
  }

  @Override
  public FileCut cut(DataFile file, Schema schema, long from, long maxRows) {
    return files.cut(file, columns(file).withoutThese(schema), from, maxRows);
  }

  @Override
  public List<FileRange> ranges(DataFile file, long from, long to, FileScan scan) {
    PathColumns inPath = columns(file);
    for (ColumnFilter filter : scan.filters()) {
      if (inPath.has(filter.column())
          && Pruning.rejects(filter, bounds(value(inPath, filter.column(), file, scan)))) {
        return List.of();
      }
    }
    return files.ranges(file, from, to, inFile(scan, inPath));
  }

  private static @Nullable Object value(
      PathColumns inPath, String column, DataFile file, FileScan scan) {
    return inPath.value(scan.schema().findField(column), file.path());
  }

  private static ValueBounds bounds(@Nullable Object value) {
    byte[] bytes =
        switch (value) {
          case String text -> text.getBytes(StandardCharsets.UTF_8);
          case byte[] raw -> raw;
          case null, default -> null;
        };
    return new ValueBounds(value, value, bytes, bytes, value == null ? 1 : 0, 1);
  }

  @Override
  public List<FileRange> divide(FileRange range, long rows) {
    return files.divide(range, rows);
  }

  @Override
  public @Nullable List<ValueExtremes> extremes(DataFile file, FileRange range, FileScan scan) {
    PathColumns inPath = columns(file);
    List<ValueExtremes> inFile = files.extremes(file, range, inFile(scan, inPath));
    if (inFile == null) {
      return null;
    }
    List<ValueExtremes> all = new ArrayList<>();
    int next = 0;
    for (String column : scan.columns()) {
      if (inPath.has(column)) {
        Object value = value(inPath, column, file, scan);
        if (value instanceof Double) {
          // Their order is not that of values in files, which have NaN.
          return null;
        }
        all.add(new ValueExtremes(value, value));
      } else {
        all.add(inFile.get(next++));
      }
    }
    return all;
  }

  @Override
  public BatchReader open(DataFile file, FileRange range, FileScan scan, MemoryScope scope) {
    PathColumns inPath = columns(file);
    if (scan.columns().stream().noneMatch(inPath::has)) {
      return files.open(file, range, inFile(scan, inPath), scope);
    }
    int[] places = new int[scan.columns().size()];
    List<Field> fields = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    int read = 0;
    for (int i = 0; i < places.length; i++) {
      String column = scan.columns().get(i);
      if (inPath.has(column)) {
        places[i] = -1 - fields.size();
        Field field = scan.schema().findField(column);
        fields.add(field);
        values.add(inPath.value(field, file.path()));
      } else {
        places[i] = read++;
      }
    }
    return new PartitionedReader(
        files.open(file, range, inFile(scan, inPath), scope), places, fields, values, scope);
  }

  /** What is left to be read of the file itself. */
  private static FileScan inFile(FileScan scan, PathColumns inPath) {
    return inPath.isEmpty()
        ? scan
        : new FileScan(
            inPath.withoutThese(scan.schema()),
            scan.columns().stream().filter(column -> !inPath.has(column)).toList(),
            scan.filters().stream().filter(filter -> !inPath.has(filter.column())).toList(),
            scan.limit(),
            scan.rejects());
  }

  @Override
  public FileWriter writer(FileOutput output, Schema schema, MemoryScope scope) {
    return files.writer(output, schema, scope);
  }
}
