package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.FailingHandler;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.parquet.FileField;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.Pruning;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.mapping.MappedField;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Where the columns of a table are in one of its files: columns are found by their numbers,
 * whatever they are called there; one that the file does not have has the value of its partition,
 * the default that it was added with, or is NULL.
 *
 * <p>Example: the table has {@code id (1), name (3), region (4)}, the file {@code id (1), label
 * (3)} and lies in the partition {@code region=EU}: a scan of {@code name, region} reads the file's
 * {@code label} and gives {@code 'EU'} to each row.
 */
final class FileLayout {
  private final String path;
  private final Map<Integer, FileField> fields = new LinkedHashMap<>();
  private final boolean isNumbered;
  private final @Nullable TableFile file;
  private final List<Field> read = new ArrayList<>();

  /** What becomes a column of the scan. */
  sealed interface Part {
    /** A column that is read, by its place among those. */
    record Read(int index) implements Part {}

    /** The same value in each row, NULL being one. */
    record Constant(Type type, @Nullable Object value) implements Part {}
  }

  /**
   * @param file whose partition gives values, or null for a delete file
   * @param mapping which names have which numbers in files without numbers, or null
   */
  FileLayout(
      String path, List<FileField> there, @Nullable TableFile file, @Nullable NameMapping mapping) {
    this.path = path;
    this.file = file;
    this.isNumbered = there.stream().anyMatch(FileField::hasIds);
    for (FileField field : there) {
      if (isNumbered) {
        fields.putIfAbsent(field.id(), field);
      } else if (mapping != null) {
        MappedField mapped = mapping.find(field.name());
        if (mapped != null && mapped.id() != null) {
          fields.putIfAbsent(mapped.id(), field);
        }
      } else {
        throw IcebergErrors.noFieldIds(path);
      }
    }
  }

  /** How a column is got; adds it to what is read where it is in the file. */
  Part part(Types.NestedField field, String name, Type type, boolean nullable) {
    FileField found = fields.get(field.fieldId());
    if (found == null) {
      Object value = constant(field, type);
      if (value == null && !nullable) {
        throw IcebergErrors.missingRequired(path, name);
      }
      return new Part.Constant(type, value);
    }
    if (field.type().isNestedType() && isNumbered) {
      requireSameFields(field.type(), found, name);
    }
    for (int i = 0; i < read.size(); i++) {
      if (read.get(i).getName().equals(found.name())) {
        return new Part.Read(i);
      }
    }
    read.add(ArrowTypes.field(found.name(), type, nullable));
    return new Part.Read(read.size() - 1);
  }

  /** Fields of nested columns are found by name, so names must mean what they mean now. */
  private void requireSameFields(
      org.apache.iceberg.types.Type type, FileField found, String column) {
    for (Types.NestedField field : type.asNestedType().fields()) {
      if (type.isStructType()) {
        FileField numbered = found.find(field.fieldId());
        FileField named = named(found, field.name());
        boolean same =
            numbered == null
                ? named == null || named.id() == FileField.NO_ID
                : numbered.name().equals(field.name());
        if (!same) {
          throw IcebergErrors.changedInside(path, column);
        }
      }
      if (field.type().isNestedType()) {
        FileField numbered = found.find(field.fieldId());
        if (numbered != null) {
          requireSameFields(field.type(), numbered, column);
        }
      }
    }
  }

  /** A direct child of that name. */
  private static @Nullable FileField named(FileField group, String name) {
    for (FileField child : group.children()) {
      if (child.name().equalsIgnoreCase(name)) {
        return child;
      }
    }
    return null;
  }

  /** What each row has of a column that the file does not have. */
  private @Nullable Object constant(Types.NestedField field, Type type) {
    TableFile of = file;
    if (of != null) {
      PartitionSpec spec = of.spec();
      StructLike partition = of.file().partition();
      for (int i = 0; i < spec.fields().size(); i++) {
        PartitionField part = spec.fields().get(i);
        if (part.sourceId() == field.fieldId() && part.transform().isIdentity()) {
          return IcebergValues.read(field.type(), partition.get(i, Object.class), type);
        }
      }
    }
    return field.type().isNestedType()
        ? null
        : IcebergValues.read(field.type(), field.initialDefault(), type);
  }

  /**
   * What is asked of the file for the parts so far.
   *
   * @param filters by names of the table
   * @return null where no row can pass
   */
  @Nullable FileScan scan(List<ColumnFilter> filters, Map<String, Part> parts, long limit) {
    List<ColumnFilter> there = new ArrayList<>();
    for (ColumnFilter filter : filters) {
      switch (parts.get(filter.column())) {
        case Part.Read part -> there.add(renamed(filter, read.get(part.index()).getName()));
        case Part.Constant part -> {
          Object value = part.value();
          if (value != null && Pruning.rejects(filter, value)) {
            return null;
          }
        }
        case null -> {}
      }
    }
    return new FileScan(
        new Schema(read),
        read.stream().map(Field::getName).toList(),
        there,
        limit,
        new FailingHandler());
  }

  private static ColumnFilter renamed(ColumnFilter filter, String name) {
    return switch (filter) {
      case ColumnFilter.Comparison f -> new ColumnFilter.Comparison(name, f.operator(), f.value());
      case ColumnFilter.Range f ->
          new ColumnFilter.Range(name, f.low(), f.lowInclusive(), f.high(), f.highInclusive());
      case ColumnFilter.In f -> new ColumnFilter.In(name, f.values());
      case ColumnFilter.NullTest f -> new ColumnFilter.NullTest(name, f.isNull());
      case ColumnFilter.Prefix f -> new ColumnFilter.Prefix(name, f.prefix());
      case ColumnFilter.Opaque f -> new ColumnFilter.Opaque(name, f.evaluator());
    };
  }
}
