package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileCut;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.FileWriter;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.Pruning;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.TableStatistics.ColumnStatistics;
import dev.tidemill.storage.table.ValueBounds;
import dev.tidemill.storage.table.ValueExtremes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.format.ColumnMetaData;
import org.jspecify.annotations.Nullable;

/**
 * Parquet files as tables. A position is the number of a row in its file; a range never leaves its
 * row group. Filters leave out row groups by their statistics, dictionaries and bloom filters, and
 * pages by the page index.
 */
public final class ParquetFormat implements FileFormat {
  private final ParquetWriteOptions options;
  private final FooterCache footers = new FooterCache();

  public ParquetFormat(ParquetWriteOptions options) {
    this.options = options;
  }

  @Override
  public String name() {
    return ParquetFormatProvider.NAME;
  }

  @Override
  public Schema inferSchema(List<DataFile> files) {
    Map<String, Column> columns = new LinkedHashMap<>();
    int seen = 0;
    for (DataFile file : files) {
      Footer footer = footers.get(file);
      for (ParquetField field : footer.fields()) {
        ParquetNode node = field.node(file.path());
        boolean optional = node.definition() > 0;
        Column added = new Column(node.type(), optional || seen > 0, 1, file.path());
        String name = spelling(field.name(), columns.keySet(), footer);
        columns.merge(name, added, (first, other) -> merge(name, first, other, optional));
      }
      seen++;
    }
    List<Field> fields = new ArrayList<>();
    int all = seen;
    columns.forEach(
        (name, column) ->
            fields.add(ArrowTypes.field(name, column.type, column.nullable || column.files < all)));
    return new Schema(fields);
  }

  /**
   * The column that a file's field becomes: of that name, else one that the file gives no other.
   */
  private static String spelling(String name, Set<String> columns, Footer footer) {
    if (columns.contains(name)) {
      return name;
    }
    for (String column : columns) {
      if (column.equalsIgnoreCase(name)
          && footer.fields().stream().noneMatch(field -> field.name().equals(column))) {
        return column;
      }
    }
    return name;
  }

  /** What is known of a column from the files looked at. */
  private record Column(Type type, boolean nullable, int files, String file) {}

  private static Column merge(String name, Column first, Column other, boolean optional) {
    Type type = wider(first.type, other.type);
    if (type == null) {
      throw ParquetErrors.differentSchemas(name, first.type, first.file, other.type, other.file);
    }
    return new Column(type, first.nullable || optional, first.files + 1, first.file);
  }

  /** The type that holds the values of both, or null. */
  private static @Nullable Type wider(Type a, Type b) {
    if (a.equals(b)) {
      return a;
    }
    if (a instanceof Type.Int x && b instanceof Type.Int y) {
      return x.bits() > y.bits() ? a : b;
    }
    if (a instanceof Type.Decimal || b instanceof Type.Decimal) {
      return widerDecimal(a, b);
    }
    if (a instanceof Type.Timestamp x && b instanceof Type.Timestamp y) {
      return x.precision() > y.precision() ? a : b;
    }
    if (a instanceof Type.ZonedTimestamp x && b instanceof Type.ZonedTimestamp y) {
      return x.precision() > y.precision() ? a : b;
    }
    if (a instanceof Type.ZonedTimestamp x && b instanceof Type.Timestamp y) {
      // Those in UTC are read as what they are there.
      return new Type.Timestamp(Math.max(x.precision(), y.precision()));
    }
    if (a instanceof Type.Timestamp && b instanceof Type.ZonedTimestamp) {
      return wider(b, a);
    }
    if (a instanceof Type.Time x && b instanceof Type.Time y) {
      return x.precision() > y.precision() ? a : b;
    }
    boolean floating =
        (a.equals(Type.REAL) || a.equals(Type.DOUBLE))
            && (b.equals(Type.REAL) || b.equals(Type.DOUBLE));
    return floating ? Type.DOUBLE : null;
  }

  /** The digits of both on both sides of the point, or null if that is too many. */
  private static @Nullable Type widerDecimal(Type a, Type b) {
    Type.Decimal x = ColumnAdapter.digits(a);
    Type.Decimal y = ColumnAdapter.digits(b);
    if (x == null || y == null) {
      return null;
    }
    int scale = Math.max(x.scale(), y.scale());
    int whole = Math.max(x.precision() - x.scale(), y.precision() - y.scale());
    return whole + scale <= Type.MAX_DECIMAL_PRECISION
        ? new Type.Decimal(whole + scale, scale)
        : null;
  }

  @Override
  public TableStatistics statistics(DataFile file, Schema schema) {
    Footer footer = footers.get(file);
    Map<String, ColumnStatistics> columns = new HashMap<>();
    try (FileInput input = file.open()) {
      for (Field field : schema.getFields()) {
        ParquetField found = footer.field(field.getName());
        if (found != null && found.leaf() != null) {
          columns.put(
              field.getName(), statistics(input, footer, found.leaf(), ArrowTypes.type(field)));
        }
      }
    }
    return new TableStatistics(footer.rows(), file.size(), columns);
  }

  private static ColumnStatistics statistics(
      FileInput input, Footer footer, ParquetColumn column, Type type) {
    boolean texts = type instanceof Type.Varchar && column.type() instanceof Type.Varchar;
    boolean bounded = texts || column.type().equals(type);
    Object min = null;
    Object max = null;
    long nulls = 0;
    long values = 0;
    long bytes = 0;
    boolean minKnown = bounded;
    boolean maxKnown = bounded;
    for (int g = 0; g < footer.rowGroupCount(); g++) {
      ColumnMetaData chunk = footer.rowGroup(g).getColumns().get(column.leaf()).getMeta_data();
      ValueBounds bounds = ChunkBounds.of(chunk, column);
      nulls = nulls < 0 || bounds.nulls() < 0 ? -1 : nulls + bounds.nulls();
      values += bounds.rows();
      bytes += Math.max(chunk.getTotal_compressed_size(), 0);
      if (bounds.rows() > 0 && bounds.nulls() != bounds.rows()) {
        minKnown &= bounds.min() != null;
        maxKnown &= bounds.max() != null;
        min = minKnown ? least(min, bounds.min(), 1) : null;
        max = maxKnown ? least(max, bounds.max(), -1) : null;
      }
    }
    return new ColumnStatistics(
        minKnown ? min : null,
        maxKnown ? max : null,
        nulls,
        DistinctCounts.of(input, footer, column),
        values == 0 ? -1 : (double) bytes / values);
  }

  private static @Nullable Object least(@Nullable Object a, @Nullable Object b, int sign) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return Pruning.compareValues(a, b) * sign <= 0 ? a : b;
  }

  /** The fields of a file as it describes them, with the numbers that it gives them. */
  public List<FileField> fields(DataFile file) {
    return footers.get(file).described();
  }

  @Override
  public FilterSupport support(ColumnFilter filter, Schema schema) {
    return FilterSupport.PRUNING;
  }

  @Override
  public FileCut cut(DataFile file, Schema schema, long from, long maxRows) {
    long all = footers.get(file).rows();
    long left = Math.max(all - from, 0);
    return left <= maxRows ? new FileCut(END, left) : new FileCut(from + maxRows, maxRows);
  }

  @Override
  public List<FileRange> ranges(DataFile file, long from, long to, FileScan scan) {
    Footer footer = footers.get(file);
    for (String name : scan.columns()) {
      RowGroupReader.checkColumn(footer, name, scan);
    }
    List<FileRange> ranges = new ArrayList<>();
    for (int g = 0; g < footer.rowGroupCount(); g++) {
      long first = Math.max(from, footer.start(g));
      long end = Math.min(to, footer.start(g + 1));
      if (first < end && !RowSkipping.rejectsByStatistics(footer, g, scan.filters())) {
        ranges.add(new FileRange(first, end, end - first));
      }
    }
    return ranges;
  }

  /** At multiples of the rows of a page as we write them, so that few pages are read twice. */
  @Override
  public List<FileRange> divide(FileRange range, long rows) {
    long step = Math.max(1, rows / ChunkWriter.PAGE_ROWS) * ChunkWriter.PAGE_ROWS;
    List<FileRange> parts = new ArrayList<>();
    for (long from = range.from(); from < range.to(); ) {
      long behind = range.to() - from < step + step / 2 ? range.to() : from + step;
      parts.add(new FileRange(from, behind, behind - from));
      from = behind;
    }
    return parts;
  }

  /** Of whole row groups, by their statistics. */
  @Override
  public @Nullable List<ValueExtremes> extremes(DataFile file, FileRange range, FileScan scan) {
    Footer footer = footers.get(file);
    int group = rowGroup(footer, range);
    if (range.from() != footer.start(group) || range.to() != footer.start(group + 1)) {
      return null;
    }
    List<ValueExtremes> extremes = new ArrayList<>();
    for (String name : scan.columns()) {
      ParquetField field = footer.field(name);
      ParquetColumn column = field == null ? null : field.leaf();
      if (column == null || !column.type().equals(ArrowTypes.type(scan.schema().findField(name)))) {
        return null;
      }
      ColumnMetaData chunk = footer.rowGroup(group).getColumns().get(column.leaf()).getMeta_data();
      ValueExtremes known = ChunkBounds.extremes(chunk, column);
      if (known == null) {
        return null;
      }
      extremes.add(known);
    }
    return extremes;
  }

  private static int rowGroup(Footer footer, FileRange range) {
    int group = 0;
    while (group < footer.rowGroupCount() - 1 && footer.start(group + 1) <= range.from()) {
      group++;
    }
    return group;
  }

  @Override
  public BatchReader open(DataFile file, FileRange range, FileScan scan, MemoryScope scope) {
    Footer footer = footers.get(file);
    int group = rowGroup(footer, range);
    long start = footer.start(group);
    return new RowGroupReader(
        file, footer, group, range.from() - start, range.to() - start, scan, scope);
  }

  @Override
  public FileWriter writer(FileOutput output, Schema schema, MemoryScope scope) {
    return new ParquetWriter(output, schema, options, scope);
  }
}
