package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.parquet.ParquetFormat;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ScanRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.mapping.NameMappingParser;
import org.jspecify.annotations.Nullable;

/** What a scan of data files shares: columns, filters, and the metadata as the scan began. */
final class TableReading {
  private final DirectoryTable directory;
  private final ParquetFormat format;
  private final List<IcebergColumn> columns;
  private final ScanRequest request;
  private final TableMetadata metadata;
  private final @Nullable NameMapping mapping;

  TableReading(
      DirectoryTable directory,
      ParquetFormat format,
      List<IcebergColumn> columns,
      ScanRequest request,
      TableMetadata metadata) {
    this.directory = directory;
    this.format = format;
    this.columns = columns;
    this.request = request;
    this.metadata = metadata;
    String names = metadata.property(TableProperties.DEFAULT_NAME_MAPPING, "");
    this.mapping =
        names.isEmpty() ? null : directory.reading(() -> NameMappingParser.fromJson(names));
  }

  /**
   * A file as this scan reads it.
   *
   * @param parts the columns of the request in order
   * @param deleted which of its rows are gone
   */
  record Opened(DataFile data, FileScan scan, List<FileLayout.Part> parts, DeletedRows deleted) {}

  /** How a file is read, or null where no row of it can pass. */
  @Nullable Opened prepare(TableFile file) {
    DataFile data = TableFile.readable(directory.files(), file.file());
    FileLayout layout = new FileLayout(data.path(), format.fields(data), file, mapping);
    List<FileLayout.Part> parts = new ArrayList<>();
    for (String name : request.columns()) {
      parts.add(part(layout, name));
    }
    DeletedRows deleted = DeletedRows.of(file, layout, metadata);
    Map<String, FileLayout.Part> byName = new HashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      byName.put(request.columns().get(i), parts.get(i));
    }
    long limit = file.deletes().isEmpty() ? request.limit() : -1;
    FileScan scan = layout.scan(request.filters(), byName, limit);
    return scan == null ? null : new Opened(data, scan, parts, deleted);
  }

  private FileLayout.Part part(FileLayout layout, String name) {
    for (IcebergColumn column : columns) {
      if (column.name().equals(name)) {
        return layout.part(column.field(), name, column.type(), column.nullable());
      }
    }
    throw IcebergErrors.columnGone(directory.path(), name);
  }

  List<FileRange> ranges(Opened file, long from, long to) {
    return format.ranges(file.data(), from, to, file.scan());
  }

  BatchReader open(Opened file, FileRange range, MemoryScope scope) {
    DeletedRows.Loaded deleted =
        file.deleted.isEmpty()
            ? DeletedRows.Loaded.NONE
            : file.deleted.load(directory.files(), format, scope);
    BatchReader rows;
    try {
      rows = format.open(file.data(), range, file.scan(), scope);
    } catch (RuntimeException | Error e) {
      deleted.close();
      throw e;
    }
    boolean isPlain = deleted == DeletedRows.Loaded.NONE;
    for (int i = 0; i < file.parts.size(); i++) {
      isPlain &= file.parts.get(i) instanceof FileLayout.Part.Read part && part.index() == i;
    }
    return isPlain ? rows : new TableFileReader(rows, file.parts, deleted, scope);
  }
}
