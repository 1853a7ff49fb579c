package dev.tidemill.storage.files;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A format whose rows are changes: what stands in the files are the table's columns, which but for
 * the key may be NULL in rows that go, and the operation, which becomes the weight.
 */
public final class ChangelogFormat implements FileFormat {
  private final FileFormat files;
  private final ChangelogOptions options;

  public ChangelogFormat(FileFormat files, ChangelogOptions options) {
    this.files = files;
    this.options = options;
  }

  /** What stands in the files of a table of the given columns. */
  private Schema inFiles(Schema schema) {
    List<Field> fields = new ArrayList<>();
    for (Field field : schema.getFields()) {
      fields.add(
          options.isKey(field.getName())
              ? field
              : ArrowTypes.field(field.getName(), ArrowTypes.type(field), true));
    }
    String operation = options.operation();
    if (operation != null) {
      fields.add(ArrowTypes.field(operation, Type.VARCHAR, true));
    }
    return new Schema(fields, schema.getCustomMetadata());
  }

  @Override
  public String name() {
    return files.name();
  }

  @Override
  public Schema inferSchema(List<DataFile> all) {
    return files.inferSchema(all);
  }

  /** Of the changes: how many rows they leave is not known. */
  @Override
  public TableStatistics statistics(DataFile file, Schema schema) {
    TableStatistics changes = files.statistics(file, inFiles(schema));
    return new TableStatistics(changes.rows(), changes.bytes(), Map.of());
  }

  @Override
  public FileCut cut(DataFile file, Schema schema, long from, long maxRows) {
    return files.cut(file, inFiles(schema), from, maxRows);
  }

  @Override
  public List<FileRange> ranges(DataFile file, long from, long to, FileScan scan) {
    return files.ranges(file, from, to, changes(scan));
  }

  /** The columns asked for, then others that are looked at in each row, the operation last. */
  private FileScan changes(FileScan scan) {
    List<String> columns = new ArrayList<>(scan.columns());
    for (Field field : scan.schema().getFields()) {
      if (!field.isNullable() && !columns.contains(field.getName())) {
        columns.add(field.getName());
      }
    }
    if (options.operation() != null) {
      columns.add(options.operation());
    }
    return new FileScan(inFiles(scan.schema()), columns, List.of(), -1, scan.rejects());
  }

  @Override
  public BatchReader open(DataFile file, FileRange range, FileScan scan, MemoryScope scope) {
    FileScan changes = changes(scan);
    return new ChangelogReader(
        files.open(file, range, changes, scope),
        new FilePlaces(file),
        range.from(),
        scan,
        changes,
        options,
        scope);
  }

  @Override
  public BatchReader open(RecordSource records, FileScan scan, MemoryScope scope) {
    FileScan changes = changes(scan);
    return new ChangelogReader(
        files.open(records, changes, scope), records, 0, scan, changes, options, scope);
  }

  @Override
  public FileWriter writer(FileOutput output, Schema schema, MemoryScope scope) {
    throw FilesErrors.notASink(options.table());
  }
}
