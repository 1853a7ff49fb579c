package dev.tidemill.connectors.iceberg;

import dev.tidemill.storage.file.LocalFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;

/**
 * A table as Iceberg's library and DuckDB see it: the one plans, commits and evolves it, the other
 * writes and reads its data files.
 */
final class IcebergFiles {
  private final Path path;

  IcebergFiles(Path path) {
    this.path = path;
  }

  static IcebergFiles create(Path path, Schema schema, PartitionSpec spec, int version) {
    DirectoryTable directory = new DirectoryTable(new LocalFileSystem(), path.toString());
    directory.create(
        TableMetadata.newTableMetadata(
            schema, spec, path.toString(), DirectoryTable.properties(version)));
    return new IcebergFiles(path);
  }

  static IcebergFiles create(Path path, Schema schema) {
    return create(path, schema, PartitionSpec.unpartitioned(), 2);
  }

  Table table() {
    return new BaseTable(
        new DirectoryTable(new LocalFileSystem(), path.toString()), "t", report -> {});
  }

  /**
   * A Parquet file of DuckDB's that is not the table's yet.
   *
   * @param ids in DuckDB's form: {@code {id: 1, name: 2}}
   */
  Path file(String name, String ids, String select) {
    Path file = path.resolve("data").resolve(name);
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String fields = ids.isEmpty() ? "" : ", FIELD_IDS " + ids;
    duckDb("COPY (%s) TO '%s' (FORMAT parquet%s)".formatted(select, file, fields));
    return file;
  }

  DataFile described(Path file, long rows) {
    try {
      return DataFiles.builder(table().spec())
          .withPath(file.toString())
          .withFormat(FileFormat.PARQUET)
          .withFileSizeInBytes(Files.size(file))
          .withRecordCount(rows)
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A snapshot that appends what a query of DuckDB's gives. */
  void append(String name, String ids, String select) {
    Path file = file(name, ids, select);
    long rows = Long.parseLong(query("SELECT count(*) FROM '%s'".formatted(file)).getFirst());
    table().newAppend().appendFile(described(file, rows)).commit();
  }

  /** The data files that Iceberg plans for a scan of the newest snapshot. */
  List<DataFile> planned() {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table().newScan().includeColumnStats().planFiles()) {
      tasks.forEach(task -> files.add(task.file()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** What DuckDB reads out of the planned files, sorted. */
  List<String> rows(String columns) {
    List<DataFile> files = planned();
    if (files.isEmpty()) {
      return List.of();
    }
    String list =
        files.stream()
            .map(file -> "'" + file.location() + "'")
            .collect(Collectors.joining(", ", "[", "]"));
    List<String> rows = query("SELECT %s FROM read_parquet(%s)".formatted(columns, list));
    Collections.sort(rows);
    return rows;
  }

  /** The steps that snapshots name, the oldest first. */
  List<String> steps() {
    List<String> steps = new ArrayList<>();
    for (Snapshot snapshot : table().snapshots()) {
      steps.add(snapshot.operation() + " " + snapshot.summary().get(IcebergSink.STEP));
    }
    return steps;
  }

  /** All Parquet files below the table, be they of a snapshot or not. */
  long parquetFiles() {
    try (var files = Files.walk(path.resolve("data"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The numbers of the columns in a file, by name. */
  static Map<String, String> fieldIds(String file) {
    Map<String, String> ids = new TreeMap<>();
    for (String row :
        query(
            "SELECT name, field_id FROM parquet_schema('%s') WHERE field_id IS NOT NULL"
                .formatted(file))) {
      ids.put(row.substring(0, row.indexOf('|')), row.substring(row.indexOf('|') + 1));
    }
    return ids;
  }

  private static void duckDb(String sql) {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  static List<String> query(String sql) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int c = 1; c <= columns; c++) {
          row.add(String.valueOf((Object) result.getString(c)));
        }
        rows.add(String.join("|", row));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
    return rows;
  }
}
